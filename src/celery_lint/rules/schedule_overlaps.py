"""The rule of its page: `rules/schedule-overlaps.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule

NAME = "schedule-overlaps"


@rule(NAME)
def schedule_overlaps(project: Project) -> Iterator[Nomination]:
    """Flags what Beat sends again before the run before it must have ended, with nothing to keep the two apart."""
    for entry in project.beat_entries:
        seconds, limit = entry.pace, entry.allowed_seconds
        if seconds is not None and limit is not None and seconds < limit and not entry.may_run_alone:
            values = {"seconds": f"{seconds:g}", "limit": f"{limit:g}"}
            yield entry.nominate(NAME, entry.key, **values)
