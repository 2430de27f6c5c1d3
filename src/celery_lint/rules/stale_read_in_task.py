"""The rule of its page: `rules/stale-read-in-task.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("stale-read-in-task")
def stale_read_in_task(project: Project) -> Iterator[Nomination]:
    """Flags `save()` of all fields of an object that was read before slow work."""
    for habit in project.habits:
        if habit.kind == "stale-read-in-task":
            yield habit.nominate()
