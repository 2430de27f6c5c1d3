"""The rule of its page: `rules/limits-ignored-by-pool.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("limits-ignored-by-pool")
def limits_ignored_by_pool(project: Project) -> Iterator[Nomination]:
    """Flags an option of a worker that its pool does not know, and a setting that no worker's pool knows."""
    for worker in project.workers:
        for argument in worker.ignored_limits:
            values = {"option": argument.spelling, "pool": worker.pool or ""}
            yield worker.nominate("limits-ignored-by-pool", argument.location, values)
    for deployment in project.deployments:
        for limit in deployment.idle_limits:
            yield limit.nominate("limits-ignored-by-pool")
