"""The rule of its page: `rules/always-eager-in-production.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("always-eager-in-production")
def always_eager_in_production(project: Project) -> Iterator[Nomination]:
    """Flags eager mode that is on, or on by default, in settings that are neither a test's nor a developer's."""
    for item in project.eager.in_production:
        yield project.nominate_setting("always-eager-in-production", item, {"setting": item.name})
