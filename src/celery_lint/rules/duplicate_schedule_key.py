"""The rule of its page: `rules/duplicate-schedule-key.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("duplicate-schedule-key")
def duplicate_schedule_key(project: Project) -> Iterator[Nomination]:
    """Flags an entry of Beat that another of the same dict replaces."""
    last = {(e.key.path, e.key.statement, e.key.text): e for e in project.beat_entries}
    for entry in project.beat_entries:
        winner = last[entry.key.path, entry.key.statement, entry.key.text]
        if entry.key.text is not None and winner.content.content != entry.content.content:
            yield entry.nominate("duplicate-schedule-key", entry.key, line=str(winner.key.span.line))
