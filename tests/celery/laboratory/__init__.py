"""A small Django project with Celery that experiments run in, under the Python of an environment of their own.

An experiment is a function with `@experiment`. What it returns, as JSON, or what it raises, as "Type: message", is what
it saw.
"""

from __future__ import annotations

from laboratory.celery import app
from laboratory.experiment import attempt, experiment
from laboratory.workers import redis_app, wait_until, worker, worker_process

__all__ = ["app", "attempt", "experiment", "redis_app", "wait_until", "worker", "worker_process"]
