"""What becomes of messages whose worker, or child process, is gone or takes too long."""

from __future__ import annotations

import os
import signal
import time
from contextlib import ExitStack
from typing import Any

from celery.result import AsyncResult
from laboratory import attempt, experiment, redis_app, wait_until, worker_process

lab = redis_app(11, broker_transport_options={"visibility_timeout": 1})
patient = redis_app(6)
"""Its visibility timeout is an hour."""

KILLS = 2


def note(name: str) -> int:
    """How many times the task has started."""
    return int(patient.backend.client.incr(name))


@lab.task
def early() -> None:
    time.sleep(120)


@lab.task(acks_late=True)
def late() -> None:
    time.sleep(120)


def kills_its_process(name: str) -> str:
    if note(name) <= KILLS:
        os.kill(os.getpid(), signal.SIGKILL)
    return "done"


@patient.task(acks_late=True)
def dropped() -> str:
    return kills_its_process("dropped")


@patient.task(acks_late=True, reject_on_worker_lost=True)
def rejected() -> str:
    return kills_its_process("rejected")


def received(sent: dict[str, AsyncResult], log: str) -> set[str]:
    return {name for name, result in sent.items() if f"[{result.id}] received" in log}


@experiment
def received_again() -> dict[str, bool]:
    """By task, whether a worker that starts later gets it too: of the two before it, one is killed and one is busy."""
    with ExitStack() as stack:
        run = ("experiments.acknowledgement:lab", "-P", "threads", "-l", "INFO")
        killed, heard = stack.enter_context(worker_process(*run, "-Q", "killed", "-c", "2"))
        busy, said = stack.enter_context(worker_process(*run, "-Q", "busy", "-c", "1", "--prefetch-multiplier", "1"))
        sent = {
            "killed early": early.apply_async(queue="killed"),
            "killed late": late.apply_async(queue="killed"),
            # A delayed task does not count for the prefetch limit, and the next one fills it.
            "delayed": early.apply_async(queue="busy", countdown=120),
            "busy": late.apply_async(queue="busy"),
        }
        at_first = wait_until(lambda: received(sent, heard() + said()) == set(sent), 30)
        killed.kill()
        time.sleep(1.5)
        later, seen = stack.enter_context(worker_process(*run, "-Q", "killed,busy", "-c", "2"))
        wait_until(lambda: len(received(sent, seen())) == 3, 15)
        alive = busy.poll() is None
        for process in (busy, later):
            process.kill()
        again = received(sent, seen())
        return {"at first": at_first, "the busy one lives": alive, **{name: name in again for name in sent}}


@experiment
def killed_children() -> dict[str, Any]:
    """By task, what its caller gets, and how many times it has started; and the messages that are left."""
    with worker_process("experiments.acknowledgement:patient", "-P", "prefork", "-c", "2", "-l", "INFO"):
        sent = {"dropped": dropped.delay(), "rejected": rejected.delay()}
        client = patient.backend.client
        got = {name: attempt(result.get, timeout=30) for name, result in sent.items()}
        wait_until(lambda: not client.hlen("unacked"), 5)
        return {
            **{name: [answer, int(client.get(name))] for name, answer in got.items()},
            "left": [client.llen("celery"), client.hlen("unacked")],
        }
