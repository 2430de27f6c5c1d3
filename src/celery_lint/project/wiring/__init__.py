"""Schedules, routes, queues, workers, tasks and dispatches as one."""

from celery_lint.project.wiring.destinations import Delivery, Source
from celery_lint.project.wiring.queues import Queue, Queues
from celery_lint.project.wiring.states import TransactionState
from celery_lint.project.wiring.wiring import Wiring

__all__ = ["Delivery", "Queue", "Queues", "Source", "TransactionState", "Wiring"]
