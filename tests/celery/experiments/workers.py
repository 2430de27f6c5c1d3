"""Command lines of workers, and what their pools do."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import Any

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


@lab.task
def slow() -> str:
    time.sleep(2.5)
    return "done"


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


@experiment
def pools() -> dict[str, Any]:
    """Three workers, whose limits are shorter than the task; two of them bring a Beat."""
    lab.backend.client.flushdb()
    here = os.environ["LABORATORY_DIRECTORY"]
    limits = ("--time-limit", "2", "--soft-time-limit", "1", "-l", "INFO")

    def run(pool: str, *more: str) -> Any:
        return worker_process("experiments.workers:lab", "-P", pool, "-Q", pool, "-c", "1", *limits, *more)

    def beat(name: str) -> tuple[str, ...]:
        return ("-B", "-s", os.path.join(here, name))

    with (
        run("solo", *beat("first")) as (_, first),
        run("threads", *beat("second")) as (_, second),
        run("prefork") as (_, third),
    ):
        ready = wait_until(lambda: all(" ready." in said() for said in (first, second, third)), 40)
        sent = {pool: slow.apply_async(queue=pool) for pool in ("solo", "threads", "prefork")}
        wait_until(lambda: ".slow" in first(), 5)
        silent = lab.control.ping(timeout=1)
        seen = {pool: attempt(result.get, timeout=20) for pool, result in sent.items()}
        loud = lab.control.ping(timeout=1)
        beats = wait_until(lambda: all("Sending due task tick" in said() for said in (first, second)), 10)
    return {"ready": ready, **seen, "answers": [len(silent), len(loud)], "beats": beats}
