"""When tasks run by the clock: crontabs, and the entries that Beat sends."""

from celery_lint.project.schedules.crontab import Crontab, crontabs
from celery_lint.project.schedules.entry import BeatEntry, beat_entries
from celery_lint.project.schedules.names import TaskNames

__all__ = ["BeatEntry", "Crontab", "TaskNames", "beat_entries", "crontabs"]
