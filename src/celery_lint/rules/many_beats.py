"""The rule of its page: `rules/many-beats.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("many-beats")
def many_beats(project: Project) -> Iterator[Nomination]:
    """Flags each Beat of a production file that has another beside it, or runs more than once."""
    for beat, count in project.services.doubled_beats.items():
        yield beat.nominate("many-beats", values={"count": str(count)})
