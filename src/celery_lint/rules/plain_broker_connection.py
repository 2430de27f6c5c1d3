"""The rule of its page: `rules/plain-broker-connection.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.project.configuration.connections import is_plain
from celery_lint.rule import Nomination, Project, rule


@rule("plain-broker-connection")
def plain_broker_connection(project: Project) -> Iterator[Nomination]:
    """Flags a broker on another network that is reached without TLS."""
    for environment in project.production_environments:
        broker = environment.setting("broker_url").datum
        if broker is not None and is_plain(environment, broker):
            yield environment.nominate("plain-broker-connection", broker, setting=broker.name)
