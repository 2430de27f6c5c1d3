"""The rule of its page: `rules/flower-without-auth.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("flower-without-auth")
def flower_without_auth(project: Project) -> Iterator[Nomination]:
    """Flags a Flower that is published to everybody and lets everybody in."""
    for flower in project.services.flowers:
        if flower.is_production and flower.is_published and flower.is_open and not project.services.has_flower_file:
            yield flower.nominate("flower-without-auth")
