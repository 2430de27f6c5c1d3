"""What Celery does with errors of tasks: retries, limits, and processes that die."""

from __future__ import annotations

import os
import signal
import time
from typing import Any

from celery import current_task, shared_task
from celery.exceptions import Ignore
from celery.signals import task_failure, task_retry
from laboratory import app, attempt, experiment, redis_app, wait_until, worker, worker_process

lab = redis_app(13)
HERE = os.environ["LABORATORY_DIRECTORY"]
RAN: list[str] = []


@shared_task(bind=True, max_retries=1)
def not_raised(self: Any) -> str:
    RAN.append("before")
    self.retry(countdown=0)
    RAN.append("after")
    return "done"


@shared_task(bind=True, max_retries=2)
def by_hand(self: Any) -> None:
    raise self.retry(exc=OSError("down"))


@shared_task(bind=True, max_retries=2, retry_backoff=True, retry_jitter=False)
def by_hand_with_backoff(self: Any) -> None:
    raise self.retry(exc=OSError("down"))


@shared_task(autoretry_for=(OSError,), max_retries=3)
def steady() -> None:
    raise OSError("down")


@shared_task(autoretry_for=(OSError,), max_retries=3, retry_backoff=True, retry_jitter=False)
def growing() -> None:
    raise OSError("down")


@shared_task(autoretry_for=(OSError,), max_retries=8, retry_backoff=True)
def scattered() -> None:
    raise OSError("down")


@shared_task(autoretry_for=(OSError,), max_retries=11, retry_backoff=True, retry_jitter=False)
def grown() -> None:
    raise OSError("down")


@shared_task(bind=True, max_retries=None)
def endless(self: Any) -> None:
    RAN.append("endless")
    if len(RAN) >= 30:
        raise Ignore
    raise self.retry(exc=OSError("down"), countdown=0)


@shared_task(bind=True, max_retries=2)
def no_limit_of_its_own(self: Any) -> None:
    RAN.append("limited")
    raise self.retry(exc=OSError("down"), countdown=0, max_retries=None)


@shared_task(bind=True, max_retries=None)
def expiring(self: Any) -> None:
    RAN.append("expiring")
    raise self.retry(countdown=0.2)


@shared_task(autoretry_for=(OSError,), max_retries=3)
def hidden() -> None:
    try:
        raise OSError("down")
    except Exception:
        RAN.append("hidden")


@shared_task
def shown() -> None:
    raise OSError("down")


@shared_task
def outside() -> None: ...


@lab.task(soft_time_limit=1, time_limit=30)
def swallows(path: str) -> str:
    for _ in range(8):
        try:
            time.sleep(0.5)
        except Exception as error:
            note(path, type(error).__name__)
    return "done"


@lab.task(autoretry_for=(OSError,), max_retries=1, retry_backoff=1, retry_jitter=False)
def logged() -> None:
    raise OSError("the host is down")


@lab.task(acks_late=True, reject_on_worker_lost=True, max_retries=2)
def poison(path: str) -> None:
    note(path, "started")
    os.kill(os.getpid(), signal.SIGKILL)


def note(path: str, what: str) -> None:
    with open(path, "a", encoding="utf-8") as stream:
        stream.write(f"{what}\n")


def noted(path: str) -> list[str]:
    try:
        with open(path, encoding="utf-8") as stream:
            return stream.read().split()
    except FileNotFoundError:
        return []


def delays(task: Any) -> list[Any]:
    """The seconds that each new run of the task is asked to wait."""
    found: list[Any] = []

    def keep(reason: Any, **_: Any) -> None:
        found.append(reason.when)

    task_retry.connect(keep)
    try:
        task.apply()
    finally:
        task_retry.disconnect(keep)
    return found


@experiment
def what_follows_a_retry() -> list[str]:
    RAN.clear()
    not_raised.apply()
    return list(RAN)


@experiment
def waits() -> dict[str, Any]:
    tasks = (by_hand, by_hand_with_backoff, steady, growing, scattered, grown)
    return {task.__name__: delays(task) for task in tasks}


@experiment
def without_a_limit() -> list[int]:
    RAN.clear()
    endless.apply()
    endlessly = len(RAN)
    RAN.clear()
    no_limit_of_its_own.apply()
    return [endlessly, len(RAN)]


@experiment
def with_an_expiry() -> list[bool]:
    """Whether the task was retried, and whether it was still running seconds after its expiry."""
    RAN.clear()
    with worker():
        expiring.apply_async(expires=2)
        time.sleep(4)
        ran = len(RAN)
        time.sleep(1)
        return [ran > 1, len(RAN) > ran]


@experiment
def states() -> list[Any]:
    RAN.clear()
    failed: list[str] = []

    def keep(sender: Any, **_: Any) -> None:
        failed.append(sender.__name__)

    task_failure.connect(keep)
    with worker():
        results = [hidden.delay(), shown.delay()]
        wait_until(lambda: all(result.ready() for result in results))
        seen = [result.state for result in results]
    task_failure.disconnect(keep)
    return [seen, failed, list(RAN)]


@experiment
def outside_of_a_worker() -> dict[str, Any]:
    app.control.purge()
    seen = {
        "retry": attempt(outside.retry),
        "with an exception": attempt(outside.retry, exc=OSError("down")),
        "current": attempt(lambda: current_task.retry()),
    }
    return {**seen, "sent": app.control.purge()}


@experiment
def processes() -> dict[str, Any]:
    """A prefork worker with three tasks: one takes its soft limit, one is retried, one kills its process."""
    swallowed, died = (os.path.join(HERE, name) for name in ("swallowed", "died"))
    with worker_process("experiments.errors:lab", "-c", "1", "-l", "INFO") as (_, said):
        wait_until(lambda: " ready." in said(), 40)
        result = swallows.delay(swallowed)
        retried = logged.delay()
        seen = attempt(result.get, timeout=30)
        attempt(retried.get, timeout=30)
        wait_until(lambda: "\nOSError: the host is down\n" in said(), 5)
        lines = said().splitlines()
        poison.delay(died)
        loops = wait_until(lambda: len(noted(died)) > 5, 40)
        lab.control.purge()
    lab.backend.client.flushdb()
    return {
        "swallowed": noted(swallowed),
        "result": seen,
        "retry line": any("retry: Retry in" in line and "the host is down" in line for line in lines),
        "traceback": "OSError: the host is down" in lines,
        "error line": any("raised unexpected: OSError" in line for line in lines),
        "loops": loops,
    }
