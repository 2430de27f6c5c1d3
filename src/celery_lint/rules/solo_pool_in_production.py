"""The rule of its page: `rules/solo-pool-in-production.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("solo-pool-in-production")
def solo_pool_in_production(project: Project) -> Iterator[Nomination]:
    """Flags a production worker that runs its tasks in its own process."""
    for worker in project.workers:
        pool = worker.find("pool")
        if worker.is_production and pool is not None and worker.pool == "solo":
            yield worker.nominate("solo-pool-in-production", pool.location)
