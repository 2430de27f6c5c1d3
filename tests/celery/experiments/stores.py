"""What is kept where, and what becomes of it."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery
from celery.beat import Scheduler
from django.core.cache.backends.redis import RedisCache
from laboratory import experiment, redis_app, wait_until, worker

shared = redis_app(12)
quiet = redis_app(13)
told = redis_app(14, task_track_started=True)
GO: list[bool] = []


def wait() -> None:
    wait_until(lambda: GO)


quiet_task = quiet.task(name="wait")(wait)
told_task = told.task(name="wait")(wait)


@experiment
def cleared_cache() -> list[int]:
    """How many messages wait before the cache is cleared, and after."""
    shared.send_task("receipt")
    url = f"{os.environ['LABORATORY_REDIS']}/12"
    with shared.connection_for_read() as connection:
        queue = connection.default_channel.client
        before = int(queue.llen("celery"))
        RedisCache(url, {}).clear()
        return [before, int(queue.llen("celery"))]


def state_while_running(app: Celery, task: Any) -> str:
    GO.clear()
    with worker(app):
        result = task.delay()
        with app.connection_for_read() as connection:
            queue = connection.default_channel.client
            wait_until(lambda: not queue.llen("celery") and result.state != "PENDING", 3)
        state = str(result.state)
        GO.append(True)
        result.get(timeout=15)
    return state


@experiment
def states() -> list[str]:
    return [state_while_running(quiet, quiet_task), state_while_running(told, told_task)]


@experiment
def cleaning() -> dict[str, bool]:
    """Whether Beat cleans the backend without being told."""

    def cleans(backend: str) -> bool:
        app = Celery("store", broker="memory://", backend=backend, set_as_current=False)
        scheduler = Scheduler(app=app)
        scheduler.install_default_entries({})
        return "celery.backend_cleanup" in scheduler.schedule

    return {"django": cleans("django-db"), "redis": cleans(f"{os.environ['LABORATORY_REDIS']}/15")}
