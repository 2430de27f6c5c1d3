"""Chains, groups, chords and links, and results inside of tasks."""

from __future__ import annotations

from typing import Any

from celery import chain, chord, group
from laboratory import attempt, experiment, redis_app, wait_until, worker_process

lab = redis_app(6)


@lab.task
def add(x: int, y: int) -> int:
    lab.backend.client.rpush("ran", x + y)
    return x + y


@lab.task
def alone() -> str:
    return "alone"


@lab.task
def waits() -> Any:
    return add.delay(1, 1).get(timeout=5)


@lab.task
def waits_for_itself() -> Any:
    return add.apply((1, 1)).get()


@lab.task
def waits_regardless() -> Any:
    """With nobody to run the other task, as in a pool whose processes all wait."""
    return add.delay(1, 1).get(timeout=1, disable_sync_subtasks=False)


def queued() -> int:
    return int(lab.backend.client.llen("celery"))


def purged(make: Any) -> list[Any]:
    """What is raised when a canvas is made and applied, and how many messages it put on the broker."""
    lab.backend.client.flushdb()
    said = attempt(make)
    return [said if isinstance(said, str) else "made", queued()]


@experiment
def parts_that_were_sent() -> dict[str, list[Any]]:
    canvases = {
        "chain": lambda: chain(add.delay(1, 1), add.s(1)),
        "pipe": lambda: add.s(1, 1) | add.delay(1, 1),
        "group": lambda: group([add.delay(1, 1), add.delay(1, 1)]).delay(),
        "chord": lambda: chord([add.delay(1, 1)])(alone.si()),
    }
    return {name: purged(make) for name, make in canvases.items()}


@experiment
def descriptions_send_nothing() -> list[Any]:
    def make() -> None:
        add.s(1, 1)
        chain(add.s(1, 1), add.s(1))
        group([add.s(1, 1)])
        chord([add.s(1, 1)], alone.si())

    return purged(make)


@experiment
def links_that_are_no_signatures() -> dict[str, Any]:
    links = {"task": lambda: add, "result": lambda: add.delay(1, 1)}
    said = {name: purged(lambda link=link: add.apply_async((1, 1), link=link())) for name, link in links.items()}
    said["error"] = purged(lambda: add.apply_async((1, 1), link_error=add))
    return said


@experiment
def run_by_a_worker() -> dict[str, Any]:
    lab.backend.client.flushdb()
    with worker_process("experiments.canvas:lab", "-c", "1"):
        sent = {
            "chain": chain(add.s(1, 1), alone.s()).delay(),
            "immutable": chain(add.s(1, 1), alone.si()).delay(),
            "result": chain(add.s(1, 1), add.s(5)).delay(),
            "chord": chord([add.s(1, 1)])(alone.s()),
            "waits": waits.delay(),
            "waits_for_itself": waits_for_itself.delay(),
            "waits_regardless": waits_regardless.delay(),
        }
        add.apply_async((1, 1), link=add.s(40))
        linked = wait_until(lambda: b"42" in lab.backend.client.lrange("ran", 0, -1), 10)
        seen = {name: attempt(result.get, timeout=15) for name, result in sent.items()}
    return {**seen, "linked": linked}
