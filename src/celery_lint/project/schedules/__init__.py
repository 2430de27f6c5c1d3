"""When tasks run by the clock: crontabs, the entries that Beat sends, and calls that add one."""

from celery_lint.project.schedules.crontab import Crontab, crontabs
from celery_lint.project.schedules.entry import BeatEntry, beat_entries
from celery_lint.project.schedules.names import TaskNames
from celery_lint.project.schedules.periodic import PeriodicTask, periodic_tasks

__all__ = ["BeatEntry", "Crontab", "PeriodicTask", "TaskNames", "beat_entries", "crontabs", "periodic_tasks"]
