"""Chains, groups, chords and links, and results inside of tasks and out of them."""

from __future__ import annotations

import json
import os
from contextlib import ExitStack
from typing import Any

from celery import Celery, chain, chord, group
from celery.result import AsyncResult
from django.http import JsonResponse
from laboratory import attempt, experiment, redis_app, wait_until, worker_process

lab = redis_app(6)
bare = Celery("bare", broker=os.environ["LABORATORY_REDIS"] + "/7", set_as_current=False)
rpc = Celery("rpc", broker=os.environ["LABORATORY_REDIS"] + "/7", backend="rpc://", set_as_current=False)


@lab.task
def add(x: int, y: int) -> int:
    lab.backend.client.rpush("ran", x + y)
    return x + y


@lab.task
def alone() -> str:
    return "alone"


@lab.task
def counts(results: list[int]) -> int:
    return len(results)


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


@lab.task(ignore_result=True)
def ignored() -> int:
    return 5


half = Celery("half", broker=os.environ["LABORATORY_REDIS"] + "/7", backend="redis://localhost:1", set_as_current=False)
half.conf.result_backend_transport_options = {"retry_policy": {"max_retries": 0}}


@half.task
def kept_elsewhere() -> None: ...


@half.task(ignore_result=True)
def kept_nowhere() -> None: ...


@bare.task
def unstored() -> int:
    return 5


@rpc.task
def called_back() -> int:
    return 5


def counting_app(name: str, backend: str) -> Celery:
    """An app of its own store, with a task that ignores its result, one that does not, and two callbacks."""
    made = Celery(name, broker=os.environ["LABORATORY_REDIS"] + "/7", backend=backend, set_as_current=False)
    made.conf.update(task_default_queue=name, result_chord_retry_interval=0.2)

    @made.task(name="quiet", ignore_result=True)
    def quiet() -> int:
        return 5

    @made.task(name="loud")
    def loud() -> int:
        return 5

    @made.task(name="then")
    def then(key: str) -> None:
        lab.backend.client.set(key, 1)

    return made


DIRECTORY = os.environ["LABORATORY_DIRECTORY"]
database = counting_app("database", f"db+sqlite:///{DIRECTORY}/results.sqlite3")
files = counting_app("files", f"file://{DIRECTORY}")
django = counting_app("django", "django-db")
COUNTING = {"database": database, "files": files, "django": django}


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
def chords_that_nobody_counts() -> dict[str, Any]:
    return {
        "none": attempt(chord([unstored.s()]), unstored.si()),
        "upgraded": attempt((group([unstored.s()]) | unstored.si()).delay),
        "rpc": attempt(chord([called_back.s()]), called_back.si()),
    }


@experiment
def results_that_nobody_stores() -> dict[str, Any]:
    sent = unstored.delay()
    gone = ignored.delay()
    return {
        "get": attempt(sent.get, timeout=1),
        "status": attempt(lambda: sent.status),
        "ready": attempt(sent.ready),
        "ignored": [attempt(gone.get, timeout=1), gone.ready(), gone.state],
        "ignored_by_id": attempt(AsyncResult(gone.id, app=lab).get, timeout=0.5),
        "never_sent": [AsyncResult("nobody", app=lab).state, attempt(AsyncResult("nobody", app=lab).get, timeout=0.5)],
    }


@experiment
def backend_is_down() -> list[bool]:
    """Whether a task can be sent whose broker is up, and one that ignores its result."""
    said = [attempt(task.delay) for task in (kept_elsewhere, kept_nowhere)]
    return [not isinstance(each, str) for each in said]


@experiment
def results_as_data() -> dict[str, str]:
    result = AsyncResult("some-id", app=lab)
    return {
        "dumps": attempt(json.dumps, {"task": result}),
        "response": attempt(JsonResponse, {"task": result}),
        "id": attempt(json.dumps, {"task": result.id}),
    }


@experiment
def one_message_for_each_row() -> list[Any]:
    """The generator has ended before the first message leaves."""
    left: list[int] = []

    def signatures() -> Any:
        for number in range(50):
            left.append(queued())
            yield add.s(number, 1)

    made = purged(lambda: group(signatures()).delay() and None)
    return [*made, max(left)]


@experiment
def run_by_a_worker() -> dict[str, Any]:
    lab.backend.client.flushdb()
    with worker_process("experiments.canvas:lab", "-c", "1"):
        kept, dropped = add.delay(2, 2), ignored.delay()
        sent = {
            "chain": chain(add.s(1, 1), alone.s()).delay(),
            "immutable": chain(add.s(1, 1), alone.si()).delay(),
            "result": chain(add.s(1, 1), add.s(5)).delay(),
            "chord": chord([add.s(1, 1)])(alone.s()),
            "empty": chord([])(counts.s()),
            "ignored_header": chord([ignored.s(), ignored.s()])(alone.si()),
            "map": add.map([(1, 2)]).delay(),
            "starmap": add.starmap([(1, 2)]).delay(),
            "waits": waits.delay(),
            "waits_for_itself": waits_for_itself.delay(),
            "waits_regardless": waits_regardless.delay(),
        }
        add.apply_async((1, 1), link=add.s(40))
        linked = wait_until(lambda: b"42" in lab.backend.client.lrange("ran", 0, -1), 10)
        seen = {name: attempt(result.get, timeout=10) for name, result in sent.items()}
        keys = [int(lab.backend.client.ttl(f"celery-task-meta-{result.id}")) for result in (kept, dropped)]
    return {**seen, "linked": linked, "seconds_kept": keys}


@experiment
def counted() -> dict[str, list[bool]]:
    """By store: whether a chord's callback ran whose header keeps its results, and one whose header ignores them."""
    client = lab.backend.client
    client.flushdb()
    with ExitStack() as stack:
        for name, of in COUNTING.items():
            stack.enter_context(worker_process(f"experiments.canvas:{name}", "-c", "1", "-l", "INFO"))
            for header in ("loud", "quiet"):
                part = of.tasks[header].s()
                chord([part, part], app=of)(of.tasks["then"].si(f"{name} {header}"))
        wait_until(lambda: all(client.exists(f"{name} loud") for name in COUNTING), 30)
        wait_until(lambda: all(client.exists(f"{name} quiet") for name in COUNTING), 5)
    return {name: [bool(client.exists(f"{name} {header}")) for header in ("loud", "quiet")] for name in COUNTING}
