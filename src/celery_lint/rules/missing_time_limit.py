"""The rule of its page: `rules/missing-time-limit.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("missing-time-limit")
def missing_time_limit(project: Project) -> Iterator[Nomination]:
    """Flags a project in which nothing ends a task that hangs, once."""
    for deployment in project.deployments:
        if deployment.lacks_time_limits:
            first = min(deployment.configurations, key=lambda each: each.place.expect)
            yield first.nominate("missing-time-limit", first.place)
