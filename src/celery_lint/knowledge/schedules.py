"""What Celery's schedules take. Names are dotted import paths, places in `crontab` as its signature has them."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["CRONTABS", "DATABASE_SCHEDULERS", "FIELDS", "MODEL_WRITES", "MONTHS", "SCHEDULES", "WEEKDAYS"]

CRONTABS = frozenset({"celery.schedules.crontab", "celery.task.schedules.crontab"})
SCHEDULES = frozenset({"celery.schedules.schedule", "celery.schedules.maybe_schedule"})

DATABASE_SCHEDULERS = frozenset(
    {
        "django",
        "django_celery_beat.schedulers.DatabaseScheduler",
        "django_celery_beat.schedulers:DatabaseScheduler",
    }
)
"""The scheduler of django-celery-beat by its names; the first is its entry point."""

MODEL = "django_celery_beat.models.CrontabSchedule"
MODEL_WRITES = frozenset({MODEL, f"{MODEL}.objects.create", f"{MODEL}.objects.get_or_create"})


class Field(NamedTuple):
    """The lowest and the highest number that a field takes."""

    least: int
    most: int


FIELDS = {
    "minute": Field(0, 59),
    "hour": Field(0, 23),
    "day_of_week": Field(0, 6),
    "day_of_month": Field(1, 31),
    "month_of_year": Field(1, 12),
}
"""In the order of `crontab`'s parameters."""

WEEKDAYS = {name: number for number, name in enumerate(("sun", "mon", "tue", "wed", "thu", "fri", "sat"))}
MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}
