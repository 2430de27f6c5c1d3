"""Workers: in a thread beside the experiment, or real processes on the Redis server."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from celery import Celery
from celery.contrib.testing.worker import start_worker

from laboratory.celery import app

__all__ = ["redis_app", "wait_until", "worker", "worker_process"]


@contextmanager
def worker(of: Celery = app) -> Iterator[None]:
    """A worker in a thread, on the broker of the app (in memory, but for `redis_app`)."""
    with start_worker(of, pool="solo", perform_ping_check=False, loglevel="CRITICAL", shutdown_timeout=30):
        yield


def redis_app(database: int, **settings: Any) -> Celery:
    """An app of its own on a database (0 to 15) of the Redis server, for broker and results."""
    url = f"{os.environ['LABORATORY_REDIS']}/{database}"
    made = Celery("laboratory", broker=url, backend=url, set_as_current=False)
    made.conf.update(broker_connection_retry_on_startup=True, **settings)
    return made


def wait_until(condition: Callable[[], Any], seconds: float = 15.0) -> bool:
    """Whether the condition came to hold within that time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


@contextmanager
def worker_process(target: str, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], Callable[[], str]]]:
    """`celery -A target worker …` as a process: the process, and a function that reads its log so far."""
    name = f"worker-{time.monotonic_ns()}"
    log = os.path.join(os.environ["LABORATORY_DIRECTORY"], f"{name}.log")
    command = [sys.executable, "-m", "celery", "-A", target, "worker", "-n", name, *arguments]
    with open(log, "w", encoding="utf-8") as stream:
        process = subprocess.Popen(command, stdout=stream, stderr=subprocess.STDOUT, text=True)

    def said() -> str:
        with open(log, encoding="utf-8", errors="replace") as stream:
            return stream.read()

    try:
        yield process, said
    finally:
        process.kill() if process.poll() is None and not _ends(process) else None
        process.wait()


def _ends(process: subprocess.Popen[str]) -> bool:
    """Whether the process goes when it is asked to."""
    process.terminate()
    try:
        process.wait(timeout=15)
    except subprocess.TimeoutExpired:
        return False
    return True
