"""The rule of its page: `rules/delay-in-migration.md`."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import structs

from celery_lint.rule import Nomination, Project, Step, rule


@rule("delay-in-migration")
def delay_in_migration(project: Project) -> Iterator[Nomination]:
    """Flags a dispatch that an atomic migration's RunPython reaches."""
    for context in project.contexts.of_kind("migration"):
        dispatch = context.dispatch
        if len(context.steps) == 1:
            yield dispatch.nominate("delay-in-migration", trace=(*context.steps, *dispatch.definition))
            continue
        run, first, *calls = context.steps
        leads = Step(first.location, "leads to the dispatch")
        sent = Step(dispatch.location, "sent here")
        yield structs.replace(
            dispatch.nominate("delay-in-migration", trace=(run, leads, *calls, sent, *dispatch.definition)),
            location=first.location,
            statement=first.location,
            label="",
        )
