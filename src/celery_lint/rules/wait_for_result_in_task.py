"""The rule of its page: `rules/wait-for-result-in-task.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("wait-for-result-in-task")
def wait_for_result_in_task(project: Project) -> Iterator[Nomination]:
    """Flags a wait for a result in a task, or in a function that a task calls."""
    for wait in project.waits:
        way = wait.way_from_task
        if way is not None and not wait.is_allowed:
            yield wait.nominate_wait("wait-for-result-in-task", way)
