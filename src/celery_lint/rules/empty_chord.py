"""The rule of its page: `rules/empty-chord.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("empty-chord")
def empty_chord(project: Project) -> Iterator[Nomination]:
    """Flags chords over rows that nobody has asked for whether there are any."""
    for fan in project.fans:
        if fan.kind == "chord" and not fan.is_guarded:
            yield fan.nominate("empty-chord", {"model": fan.model})
