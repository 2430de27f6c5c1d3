"""The rule of its page: `rules/request-without-timeout.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("request-without-timeout")
def request_without_timeout(project: Project) -> Iterator[Nomination]:
    """Flags a call over the network that nothing bounds, made by a task."""
    for request in project.requests_in_tasks:
        if not request.is_bounded:
            yield request.nominate_wait("request-without-timeout")
