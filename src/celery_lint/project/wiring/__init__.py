"""Schedules, routes, queues, workers, tasks and dispatches as one."""

from celery_lint.project.wiring.wiring import Wiring

__all__ = ["Wiring"]
