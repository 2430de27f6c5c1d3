"""The rule of its page: `rules/visibility-timeout-too-short.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.project.configuration.redelivery import delays, patience
from celery_lint.rule import Nomination, Project, rule


@rule("visibility-timeout-too-short")
def visibility_timeout_too_short(project: Project) -> Iterator[Nomination]:
    """Flags a broker that sends messages again before they can be acknowledged."""
    for environment in project.production_environments:
        waits = patience(environment)
        longest = max(delays(environment), key=lambda delay: delay.seconds, default=None) if waits else None
        if waits is not None and longest is not None and longest.seconds > waits.seconds:
            values = {"timeout": f"{waits.seconds:g}", "longest": f"{longest.seconds:g}", "what": longest.what}
            yield environment.nominate("visibility-timeout-too-short", waits.datum, **values)
