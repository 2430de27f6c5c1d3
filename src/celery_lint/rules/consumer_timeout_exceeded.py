"""The rule of its page: `rules/consumer-timeout-exceeded.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.project.configuration.redelivery import consumer_patience, delays
from celery_lint.rule import Nomination, Project, rule


@rule("consumer-timeout-exceeded")
def consumer_timeout_exceeded(project: Project) -> Iterator[Nomination]:
    """Flags what a worker keeps unacknowledged for longer than RabbitMQ allows."""
    for environment in project.production_environments:
        waits = consumer_patience(environment)
        longest = max(delays(environment), key=lambda delay: delay.seconds, default=None) if waits else None
        if waits is not None and longest is not None and longest.seconds > waits.seconds:
            values = {"longest": f"{longest.seconds:g}", "what": longest.what}
            yield environment.nominate("consumer-timeout-exceeded", waits.datum, **values)
