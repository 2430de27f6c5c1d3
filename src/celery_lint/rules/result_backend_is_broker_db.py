"""The rule of its page: `rules/result-backend-is-broker-db.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.project.configuration.connections import neighbours
from celery_lint.rule import Nomination, Project, rule


@rule("result-backend-is-broker-db")
def result_backend_is_broker_db(project: Project) -> Iterator[Nomination]:
    """Flags results and caches in the Redis database of the broker."""
    for environment in project.production_environments:
        for place, what in neighbours(environment):
            yield environment.nominate("result-backend-is-broker-db", place, what=what)
