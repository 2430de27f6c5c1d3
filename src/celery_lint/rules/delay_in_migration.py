"""The rule of its page: `rules/delay-in-migration.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("delay-in-migration")
def delay_in_migration(project: Project) -> Iterator[Nomination]:
    """Flags a dispatch that an atomic migration's RunPython reaches."""
    for context in project.contexts.of_kind("migration"):
        yield context.dispatch.nominate("delay-in-migration", trace=(*context.steps, *context.dispatch.definition))
