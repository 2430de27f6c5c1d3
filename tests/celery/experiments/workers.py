"""Command lines of workers, and what their pools do."""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from glob import glob
from typing import Any

from celery import Celery
from celery.beat import PersistentScheduler
from celery.exceptions import SoftTimeLimitExceeded
from laboratory import attempt, experiment, redis_app, wait_until, worker_process

lab = redis_app(7, beat_schedule={"tick": {"task": "tick", "schedule": 1, "options": {"queue": "ticks"}}})

REFUSED = {
    "app": "worker -A shop",
    "option": "worker --maxtasksperchild 10",
    "pool": "worker -P gevnt",
    "level": "worker -l loud",
    "queues": "-A laboratory worker -Q mail, slow",
    "beat in a green pool": "-A laboratory worker -B -P gevent",
}


PAUSE = 1.5
POOLS = {"lasting": "prefork"}
"""Queues of workers whose pool has another name."""


@lab.task
def slow() -> str:
    time.sleep(2.5)
    return "done"


@lab.task(acks_late=True)
def slow_and_late() -> str:
    return slow()


@lab.task
def process() -> int:
    return os.getpid()


@lab.task
def takes(way: str) -> None:
    """A while, in one way or another."""
    end = time.monotonic() + PAUSE
    if way == "waits in C":
        ctypes.CDLL(None).usleep(int(PAUSE * 1_000_000))
    elif way == "computes":
        while time.monotonic() < end:
            hashlib.pbkdf2_hmac("sha256", b"shop", b"shop", 10_000)
    else:
        time.sleep(PAUSE)


@lab.task
def longest_wait() -> float:
    """Seconds between two wake-ups of a task that wants one every tenth of a second."""
    longest, last = 0.0, time.monotonic()
    end = last + 2 * PAUSE
    while last < end:
        time.sleep(0.1)
        longest, last = max(longest, time.monotonic() - last), time.monotonic()
    return longest


@lab.task(time_limit=1, soft_time_limit=1)
def equal_limits() -> None:
    try:
        time.sleep(5)
    except SoftTimeLimitExceeded:
        time.sleep(0.5)
        lab.backend.client.set("cleaned up", 1)


@experiment
def refused() -> dict[str, list[Any]]:
    """Exit code and last line, for each command line."""
    runs = {
        name: subprocess.Popen(
            [sys.executable, "-m", "celery", *line.split()],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        for name, line in REFUSED.items()
    }
    seen = {name: (run.communicate(timeout=60)[1], run.returncode) for name, run in runs.items()}
    return {name: [code, (said.strip().splitlines() or [""])[-1]] for name, (said, code) in seen.items()}


@experiment
def meaning_of_s() -> str:
    done = subprocess.run([sys.executable, "-m", "celery", "worker", "--help"], capture_output=True, text=True)
    return next(line.split()[1] for line in done.stdout.splitlines() if line.strip().startswith("-S,"))


def beat(name: str) -> tuple[str, ...]:
    return ("-B", "-s", os.path.join(os.environ["LABORATORY_DIRECTORY"], name))


def workers(stack: ExitStack) -> dict[str, Any]:
    """A worker of each pool on a queue of its name, with limits shorter than the task; two of them bring a Beat. By
    queue, what reads its log. On `lasting` there are no limits."""
    limits = ("--time-limit", "2", "--soft-time-limit", "1", "--max-tasks-per-child", "1")
    more: dict[str, tuple[str, ...]] = {
        "solo": ("-c", "1", *limits, *beat("first")),
        "threads": ("-c", "1", *limits, *beat("second")),
        "prefork": ("-c", "1", *limits),
        "gevent": limits,
        "eventlet": limits,
        "lasting": ("-c", "1"),
    }
    logs = {}
    for queue, options in more.items():
        pool = POOLS.get(queue, queue)
        running = worker_process("experiments.workers:lab", "-P", pool, "-Q", queue, "-l", "INFO", *options)
        _, logs[queue] = stack.enter_context(running)
    return logs


@contextmanager
def flower_process(*options: str) -> Iterator[None]:
    command = [sys.executable, "-m", "celery", "-A", "experiments.workers:lab", "flower", "--port=0", *options]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.kill()
        process.wait()


@experiment
def pools() -> dict[str, Any]:
    lab.backend.client.flushdb()
    with ExitStack() as stack:
        logs = workers(stack)
        stack.enter_context(flower_process("--enable_events=False"))
        ready = wait_until(lambda: all(" ready." in said() for said in logs.values()), 60)
        sent = {queue: slow.apply_async(queue=queue) for queue in logs}
        equal = equal_limits.apply_async(queue="lasting")
        wait_until(lambda: ".slow" in logs["solo"](), 20)
        silent = lab.control.ping(timeout=1)
        got = {queue: attempt(result.get, timeout=60) for queue, result in sent.items()}
        loud = lab.control.ping(timeout=1)
        pids = {queue: [process.apply_async(queue=queue) for _ in range(2)] for queue in logs}
        processes = {queue: len({each.get(timeout=60) for each in results}) for queue, results in pids.items()}
        beats = wait_until(lambda: all("Sending due task tick" in logs[name]() for name in ("solo", "threads")), 30)
        told_not_to = watched(logs)
        stack.enter_context(flower_process())
        return {
            "ready": ready,
            **got,
            "answers": [len(silent), len(loud)],
            "beats": beats,
            "processes": processes,
            "concurrency": {queue: concurrency(logs[queue]()) == os.cpu_count() for queue in ("gevent", "eventlet")},
            "events": [told_not_to, wait_until(lambda: watched(logs), 30)],
            "equal limits": [attempt(equal.get, timeout=60), lab.backend.client.exists("cleaned up")],
        }


def watched(logs: dict[str, Any]) -> bool:
    """Whether a worker has been told to send events."""
    return any("Events of group {task} enabled by remote" in said() for said in logs.values())


def concurrency(log: str) -> int:
    """What the banner of a worker says."""
    return int(log.partition("concurrency: ")[2].split()[0])


@experiment
def green() -> dict[str, dict[str, bool]]:
    """By green pool, and by what one of its tasks does: whether another one is held up by it."""
    pools = ("gevent", "eventlet")
    seen: dict[str, dict[str, bool]] = {pool: {} for pool in pools}
    with ExitStack() as stack:
        run = ("experiments.workers:lab", "-l", "INFO", "-c", "10")
        logs = [stack.enter_context(worker_process(*run, "-P", pool, "-Q", pool))[1] for pool in pools]
        wait_until(lambda: all(" ready." in said() for said in logs), 40)
        for way in ("waits in Python", "waits in C", "computes"):
            others = {pool: longest_wait.apply_async(queue=pool) for pool in pools}
            time.sleep(0.3)
            for pool in pools:
                takes.apply_async((way,), queue=pool)
            for pool, other in others.items():
                seen[pool][way] = other.get(timeout=60) > 0.8 * PAUSE
    return seen


@experiment
def shutdown() -> dict[str, Any]:
    """A worker is asked to stop while it runs a task, and another is killed with a task of each kind."""
    with ExitStack() as stack:
        run = ("experiments.workers:lab", "-P", "threads", "-l", "INFO")
        asked, said = stack.enter_context(worker_process(*run, "-Q", "asked", "-c", "1"))
        killed, heard = stack.enter_context(worker_process(*run, "-Q", "killed", "-c", "2"))
        wait_until(lambda: all(" ready." in log() for log in (said, heard)), 40)
        running = slow.apply_async(queue="asked")
        for task in (slow, slow_and_late):
            task.apply_async(queue="killed")
        wait_until(lambda: ".slow" in said() and heard().count("received") == 2, 30)
        killed.kill()
        asked.terminate()
        code = asked.wait(timeout=60)
        kept = [json.loads(message) for message in lab.backend.client.hvals("unacked")]
        return {
            "running": attempt(running.get, timeout=1),
            "code": code,
            "kept": sorted(message[0]["headers"]["task"].rpartition(".")[2] for message in kept),
        }


@experiment
def schedule_file() -> dict[str, bool]:
    """Whether an interval that is long over is due when Beat starts: the first time, with its file, and without."""
    of = Celery("beat", set_as_current=False)
    of.conf.beat_schedule = {"tick": {"task": "tick", "schedule": 7200.0}}
    path = os.path.join(os.environ["LABORATORY_DIRECTORY"], "schedule")

    def is_due() -> bool:
        """What a Beat finds; it leaves as if the entry had last run three hours ago."""
        scheduler = PersistentScheduler(of, schedule_filename=path)
        entry = scheduler.schedule["tick"]
        found = bool(entry.is_due().is_due)
        entry.last_run_at = datetime.now(UTC) - timedelta(hours=3)
        scheduler.close()
        return found

    first, kept = is_due(), is_due()
    for file in glob(f"{path}*"):
        os.remove(file)
    return {"first": first, "kept": kept, "lost": is_due()}
