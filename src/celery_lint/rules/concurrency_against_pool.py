"""The rule of its page: `rules/concurrency-against-pool.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("concurrency-against-pool")
def concurrency_against_pool(project: Project) -> Iterator[Nomination]:
    """Flags a worker with few green threads, or with very many processes."""
    for deployment in project.deployments:
        for crowd in deployment.crowds:
            values = {"many": crowd.many, "pool": crowd.crew.pool or ""}
            yield crowd.crew.worker.nominate("concurrency-against-pool", crowd.place, values)
