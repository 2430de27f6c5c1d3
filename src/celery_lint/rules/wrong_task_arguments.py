"""The rule of its page: `rules/wrong-task-arguments.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("wrong-task-arguments")
def wrong_task_arguments(project: Project) -> Iterator[Nomination]:
    """Flags a message whose arguments do not fit its task's parameters."""
    for message in project.messages:
        mismatch = message.mismatch
        if mismatch is not None and not mismatch.by_result:
            yield message.nominate_arguments("wrong-task-arguments", mismatch)
