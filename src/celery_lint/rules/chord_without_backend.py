"""The rule of its page: `rules/chord-without-backend.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("chord-without-backend")
def chord_without_backend(project: Project) -> Iterator[Nomination]:
    """Flags chords where no backend has the results."""
    for chord in project.chords:
        if chord.fault:
            yield chord.nominate_callback("chord-without-backend")
