"""The rule of its page: `rules/schedule-arguments-mismatch.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("schedule-arguments-mismatch")
def schedule_arguments_mismatch(project: Project) -> Iterator[Nomination]:
    """Flags an entry of Beat whose arguments its task does not take."""
    for entry in project.beat_entries:
        if entry.mismatch is not None:
            place, wrong = entry.mismatch
            yield entry.nominate("schedule-arguments-mismatch", place, entry.in_tuple, wrong=wrong)
