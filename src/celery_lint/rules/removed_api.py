"""The rule of its page: `rules/removed-api.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("removed-api")
def removed_api(project: Project) -> Iterator[Nomination]:
    """Flags the import of what the project's Celery no longer has."""
    for item in project.removed_imports:
        yield item.nominate("removed-api")
