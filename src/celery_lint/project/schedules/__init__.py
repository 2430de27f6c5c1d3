"""When tasks run by the clock: crontabs, and the entries that Beat sends."""

from celery_lint.project.schedules.crontab import Crontab, crontabs

__all__ = ["Crontab", "crontabs"]
