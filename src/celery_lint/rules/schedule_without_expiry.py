"""The rule of its page: `rules/schedule-without-expiry.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule

NAME = "schedule-without-expiry"
FREQUENT = 600
"""Seconds up to which an entry is sent often."""


@rule(NAME)
def schedule_without_expiry(project: Project) -> Iterator[Nomination]:
    """Flags what Beat sends often and workers keep however late it is."""
    for entry in project.beat_entries:
        seconds = entry.pace
        expires = entry.expires is not False or (entry.task is not None and entry.task.may_have_option("expires"))
        if seconds is not None and seconds <= FREQUENT and not expires:
            yield entry.nominate(NAME, entry.key, entry.expiry(seconds), seconds=f"{seconds:g}")
    for periodic in project.periodic_tasks:
        seconds, task = periodic.pace, periodic.task
        if seconds is None or seconds > FREQUENT or periodic.expires is not False or task is None:
            continue
        if not task.may_have_option("expires"):
            yield periodic.nominate(NAME, {"entry": task.name, "seconds": f"{seconds:g}"})
