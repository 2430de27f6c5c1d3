"""The rule of its page: `rules/result-without-timeout.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("result-without-timeout")
def result_without_timeout(project: Project) -> Iterator[Nomination]:
    """Flags a wait for a result that never gives up, where neither a task nor a request is known to wait."""
    for wait in project.waits:
        elsewhere = wait.way_from_task is None and wait.way_from_request is None and not wait.is_command
        if elsewhere and wait.has_timeout is False and not (wait.may_be_over or wait.missing_because):
            yield wait.nominate_wait("result-without-timeout")
