"""The rule of its page: `rules/retry-outside-task.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("retry-outside-task")
def retry_outside_task(project: Project) -> Iterator[Nomination]:
    """Flags a retry that a request or a command comes to, and no task."""
    for retry in project.failures.stray_retries:
        way = retry.way
        if way is not None:
            yield retry.report("retry-outside-task", way)
