"""The rule of its page: `rules/retry-without-backoff.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("retry-without-backoff")
def retry_without_backoff(project: Project) -> Iterator[Nomination]:
    """Flags retries of requests to other hosts that come at the same distance however often they failed."""
    for option in project.autoretry_options:
        delay = option.steady_delay
        if delay and option.asks_hosts and not option.retries_everything:
            yield option.nominate("retry-without-backoff", {"delay": delay}, fix=option.growing)
    for retry in project.retries:
        delay = retry.steady_delay
        if delay and retry.asks_hosts:
            yield retry.nominate("retry-without-backoff", {"delay": delay})
