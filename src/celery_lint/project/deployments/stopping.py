"""Workers that are killed before their tasks can have ended."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from celery_lint.project.deployments.crew import Crew, Production

__all__ = ["ShortGrace", "short_graces"]


class ShortGrace(Struct, frozen=True):
    """A worker, the seconds it has to stop, and the seconds that a task of it may take."""

    crew: Crew
    grace: float
    limit: float


def short_graces(production: Production) -> Iterator[ShortGrace]:
    """Each worker that has less time to stop than its limits, of which the soft one counts first, give a task."""
    for crew in production.crews:
        grace = crew.worker.service.grace
        limit = crew.limit("soft_time_limit") if not crew.lacks_limit("soft_time_limit") else crew.limit("time_limit")
        if grace is not None and limit is not None and grace < limit:
            yield ShortGrace(crew, grace, limit)
