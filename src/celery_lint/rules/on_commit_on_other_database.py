"""The rule of its page: `rules/on-commit-on-other-database.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.project.commit import wait_for_commit
from celery_lint.rule import Nomination, Project, Step, rule


@rule("on-commit-on-other-database")
def on_commit_on_other_database(project: Project) -> Iterator[Nomination]:
    """Flags `delay_on_commit` and a plain `on_commit` inside `atomic(using="other")`."""
    for dispatch in project.dispatches:
        around = dispatch.around
        using = around.other_database
        if dispatch.is_commit_method and using is not None:
            opened = (Step(around.where, around.what),) if around.where else ()
            yield dispatch.nominate(
                "on-commit-on-other-database",
                {"using": using},
                trace=(*opened, *dispatch.definition),
                fix=wait_for_commit(dispatch, using),
            )
    for handover in project.on_commit_calls:
        around = handover.around
        using = around.other_database
        if using is not None and handover.is_for(using) is False and handover.task is not None:
            opened = (Step(around.where, around.what),) if around.where else ()
            values = {"task": handover.task.name, "using": using}
            fix = handover.with_using(using)
            yield handover.nominate("on-commit-on-other-database", values, trace=opened, fix=fix)
