"""The rule of its page: `rules/invalid-rate-limit.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("invalid-rate-limit")
def invalid_rate_limit(project: Project) -> Iterator[Nomination]:
    """Flags a rate limit that Celery cannot read."""
    for limit in project.rate_limits:
        if limit.error:
            yield limit.nominate("invalid-rate-limit")
