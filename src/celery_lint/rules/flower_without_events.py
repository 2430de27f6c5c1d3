"""The rule of its page: `rules/flower-without-events.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("flower-without-events")
def flower_without_events(project: Project) -> Iterator[Nomination]:
    """Flags a Flower that does not switch events on, where no worker sends them."""
    for deployment in project.deployments:
        for flower in deployment.blind_flowers:
            yield flower.nominate("flower-without-events")
