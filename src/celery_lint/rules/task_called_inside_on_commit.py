"""The rule of its page: `rules/task-called-inside-on-commit.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, Step, rule


@rule("task-called-inside-on-commit")
def task_called_inside_on_commit(project: Project) -> Iterator[Nomination]:
    """Flags `on_commit(task.delay(x))` and `on_commit(task.delay, x)`."""
    for handover in project.on_commit_calls:
        dispatch = handover.called_dispatch
        if dispatch is not None:
            inner = Step(dispatch.location, "called here, before on_commit")
            yield handover.nominate(
                "task-called-inside-on-commit",
                {"task": dispatch.task.name},
                trace=(inner, *dispatch.definition),
                fix=handover.with_partial(dispatch),
            )
        elif handover.has_extra_arguments and handover.task is not None:
            yield handover.nominate(
                "task-called-inside-on-commit", {"task": handover.task.name}, fix=handover.with_arguments()
            )
