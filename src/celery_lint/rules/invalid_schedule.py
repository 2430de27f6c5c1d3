"""The rule of its page: `rules/invalid-schedule.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("invalid-schedule")
def invalid_schedule(project: Project) -> Iterator[Nomination]:
    """Flags a schedule that Celery refuses."""
    for crontab in project.crontabs:
        if crontab.mistake:
            yield crontab.nominate_mistake("invalid-schedule")
    for entry in project.beat_entries:
        if entry.mistake is not None:
            place, wrong = entry.mistake
            yield entry.nominate("invalid-schedule", place, what="entry of Beat", mistake=wrong)
