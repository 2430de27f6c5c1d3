"""Where Celery sends tasks, and what workers consume."""

from __future__ import annotations

import time
from typing import Any

from celery import Celery
from celery.signals import before_task_publish, task_unknown
from kombu import Queue
from laboratory import attempt, experiment, wait_until, worker

RAN: list[str] = []


def made(name: str, **settings: Any) -> Celery:
    """An app with a broker in memory, and its tasks `plain`, `whole` and `own`."""
    app = Celery(name, broker="memory://", backend="cache+memory://", set_as_current=False, fixups=[])
    app.conf.update(**settings)
    for task in ("plain", "whole", "own"):
        options = {"queue": "own"} if task == "own" else {}

        def run(word: str = task) -> None:
            RAN.append(word)

        app.task(run, name=f"{name}.{task}", **options)
    return app


@experiment
def precedence() -> dict[str, str]:
    """The queue of each message: whole names go before patterns, tasks before routes, calls before tasks."""
    routes = {"shop.*": {"queue": "pattern"}, "shop.whole": {"queue": "whole"}}
    app = made("shop", task_routes=routes, task_default_queue="rest")
    seen: list[str] = []

    def note(routing_key: str = "", **_: Any) -> None:
        seen.append(routing_key)

    before_task_publish.connect(note)
    app.tasks["shop.plain"].delay()
    app.tasks["shop.whole"].delay()
    app.tasks["shop.own"].delay()
    app.tasks["shop.own"].apply_async(queue="call")
    app.send_task("other.task")
    before_task_publish.disconnect(note)
    return dict(zip(("pattern", "whole", "task", "call", "default"), seen, strict=True))


@experiment
def routed_queues_are_not_consumed() -> list[str]:
    """A worker without -Q, whose app routes a task to a queue that nothing declares."""
    app = made("routed", task_routes={"routed.whole": {"queue": "mail"}})
    RAN.clear()
    with worker(app):
        app.tasks["routed.whole"].delay()
        app.tasks["routed.plain"].delay()
        wait_until(lambda: RAN, 10)
        time.sleep(1.0)
        return list(RAN)


@experiment
def declared_queues_are_consumed() -> list[list[str]]:
    """What workers consume: by default, with task_queues, with -Q, with -X."""
    plain, declared = made("none"), made("some", task_queues=[Queue("fast"), Queue("slow")])
    chosen, without = made("chosen"), made("without", task_queues=[Queue("fast"), Queue("slow")])
    chosen.amqp.queues.select(["mail"])
    without.amqp.queues.deselect(["slow"])
    return [sorted(app.amqp.queues.consume_from) for app in (plain, declared, chosen, without)]


@experiment
def annotations_know_no_patterns() -> list[Any]:
    """The rate limits that a pattern, a name and a star give."""
    limits = {"rate_limit": "10/m"}
    apps = [made("noted", task_annotations={key: limits}) for key in ("noted.*", "noted.plain", "*")]
    for app in apps:
        app.finalize()
    return [app.tasks["noted.plain"].rate_limit for app in apps]


@experiment
def unknown_names() -> list[Any]:
    """Sending one raises nothing, the worker drops it, and looking one up raises."""
    app = made("named")
    dropped: list[str] = []

    def note(name: str = "", exc: Any = None, **_: Any) -> None:
        dropped.append(f"{name}: {type(exc).__name__}")

    task_unknown.connect(note)
    RAN.clear()
    with worker(app):
        app.send_task("named.nobody")
        app.tasks["named.plain"].delay()
        wait_until(lambda: RAN, 10)
    task_unknown.disconnect(note)
    return [dropped, list(RAN), attempt(lambda: app.tasks["named.nobody"])]


@experiment
def queues_that_are_not_made() -> str:
    app = made("strict", task_queues=[Queue("celery")], task_create_missing_queues=False)
    return str(attempt(app.tasks["strict.plain"].apply_async, queue="mail"))
