"""What decorators and bodies of tasks do."""

from __future__ import annotations

import importlib
import time
import warnings
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

from celery import Celery, shared_task
from celery.signals import task_success
from laboratory import app, attempt, experiment, wait_until, worker
from laboratory.shop.models import Order

RAN: list[str] = []
PAIRS = 40
ROUNDS = 20


@shared_task
async def asynchronous() -> None:
    RAN.append("asynchronous")


@shared_task(ignore_result=True)
async def asynchronous_ignored() -> None:
    RAN.append("asynchronous_ignored")


@shared_task
def generator() -> Iterator[int]:
    RAN.append("generator")
    yield 1


@shared_task(ignore_result=True)
def generator_ignored() -> Iterator[int]:
    RAN.append("generator_ignored")
    yield 1


@shared_task
def instance() -> Any:
    RAN.append("instance")
    return Order.objects.create()


@shared_task
def queryset() -> Any:
    RAN.append("queryset")
    return Order.objects.all()


@shared_task
def takes_self(self: Any, x: Any) -> None: ...


@shared_task
def uses_self() -> None:
    self.retry()  # type: ignore[name-defined]  # noqa: F821


@shared_task(bind=True)
def takes_nothing() -> None: ...


@shared_task(bind=True)
def bound(self: Any, x: Any) -> None: ...


@shared_task(max_retry=9, soft_timelimit=3)
def misspelt() -> None: ...


@shared_task(time_limit=2, soft_time_limit=5)
def soft_above_hard() -> None: ...


class Mailer:
    @shared_task
    def send(self, x: Any) -> None: ...


def got(task: Any, *args: Any) -> Any:
    """What the caller gets of a task that a worker has run: a value, or "Type: message"."""
    return attempt(task.delay(*args).get, timeout=10)


def count_runs(function: Callable[..., Any]) -> Callable[..., Any]:
    def inner(*args: Any) -> Any:
        return function(*args)

    return inner


def count_runs_well(function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def inner(*args: Any) -> Any:
        return function(*args)

    return inner


def fresh() -> Celery:
    """An app of its own, whose tasks nobody else has."""
    return Celery("fresh", set_as_current=False)


@experiment
def results_of_a_worker() -> dict[str, Any]:
    RAN.clear()
    succeeded: list[str] = []

    def note(sender: Any, **_: Any) -> None:
        succeeded.append(sender.__name__)

    task_success.connect(note)
    with worker(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for task in (asynchronous_ignored, generator_ignored):
            task.delay()
        seen = {task.__name__: got(task) for task in (asynchronous, generator, instance, queryset, uses_self)}
        unknown = app.send_task("experiments.tasks.nowhere")
        wait_until(unknown.ready, 10)
    task_success.disconnect(note)
    return {**seen, "nowhere": type(unknown.result).__name__, "ran": list(RAN), "succeeded": succeeded}


@experiment
def parameters() -> dict[str, Any]:
    app.control.purge()
    calls = {
        "self without bind": lambda: takes_self.delay(1),
        "bind without a parameter": lambda: takes_nothing.delay(),
        "bound and self given": lambda: bound.delay(None, 1),
        "method": lambda: Mailer.send.delay(1),
    }
    return {name: attempt(call) for name, call in calls.items()}


@app.task(autoretry_for=(OSError,), max_retries=3, default_retry_delay=0, time_limit=0.1)
def fails_slowly() -> None:
    RAN.append("fails_slowly")
    time.sleep(0.3)
    raise OSError("no mail server")


@experiment
def called_as_a_function() -> list[Any]:
    """What the caller gets, how often the task runs, and how many messages are sent."""
    RAN.clear()
    app.control.purge()
    said = attempt(fails_slowly)
    with app.connection_or_acquire() as connection:
        queued = connection.default_channel.queue_declare("celery", passive=False).message_count
    return [said, len(RAN), queued]


@experiment
def misspelt_options() -> list[Any]:
    return [misspelt.max_retry, misspelt.max_retries, misspelt.soft_timelimit, misspelt.soft_time_limit]


@experiment
def soft_limit_above_the_hard_one() -> str:
    said = attempt(soft_above_hard.delay)
    return said if isinstance(said, str) else "sent"


@experiment
def settings_with_the_soft_limit_above_the_hard_one() -> str:
    of = Celery("fresh", set_as_current=False, broker="memory://")
    of.conf.update(task_time_limit=2, task_soft_time_limit=5)

    @of.task
    def limited() -> None: ...

    said = attempt(limited.delay)
    return said if isinstance(said, str) else "sent"


@experiment
def one_name_twice() -> list[Any]:
    of = fresh()

    @of.task(name="same")
    def first() -> str:
        return "first"

    @of.task(name="same")
    def second() -> str:
        return "second"

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        of.finalize()
        answers = {first(), second()}
    return [len(answers), [type(caution.message).__name__ for caution in caught]]


@experiment
def which_of_two_wins() -> dict[str, list[str]]:
    """Of as many pairs as it takes to see both win, all that won: where the app was made ready after they were
    defined, and where before."""

    def winners(kind: str, round_: int, *, early: bool) -> set[str]:
        of = fresh()
        if early:
            of.finalize()
        decorator = shared_task if kind == "shared_task" else of.task
        names = [f"{kind} {early} {round_} {number}" for number in range(PAIRS)]
        apart = []
        for number, name in enumerate(names):

            @decorator(name=name)
            def first() -> str:
                return "first"

            # What stands where in memory decides on the order; so it differs from pair to pair.
            apart.append([object() for _ in range(number * 37 % 1009)])

            @decorator(name=name)
            def second() -> str:
                return "second"

        of.finalize()
        return {of.tasks[name]() for name in names}

    def all_winners(kind: str, *, early: bool) -> list[str]:
        found: set[str] = set()
        for round_ in range(1 if early else ROUNDS):
            found |= winners(kind, round_, early=early)
            if len(found) == 2:
                break
        return sorted(found)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        kinds = ("app.task", "shared_task")
        return {
            "after": [won for kind in kinds for won in all_winners(kind, early=False)],
            "before": [won for kind in kinds for won in all_winners(kind, early=True)],
        }


@experiment
def wrapped_without_wraps() -> list[Any]:
    of = fresh()

    @of.task
    @count_runs
    def pay() -> str:
        return "pay"

    @of.task
    @count_runs
    def ship() -> str:
        return "ship"

    of.finalize()
    return [pay.name, ship.name, pay() == ship()]


@experiment
def wrapped_with_wraps() -> list[Any]:
    of = fresh()

    @of.task
    @count_runs_well
    def pay() -> str:
        return "pay"

    @of.task
    @count_runs_well
    def ship() -> str:
        return "ship"

    of.finalize()
    return [pay.name.rpartition(".")[2], ship.name.rpartition(".")[2], pay(), ship()]


@experiment
def whose_task() -> list[bool]:
    """Whether a task of another app, and a shared one, belong to the app of the project."""
    other = fresh()

    @other.task(name="experiments.of_another")
    def of_another() -> None: ...

    @shared_task(name="experiments.shared")
    def shared() -> None: ...

    return [of_another.app is app, shared.app is app]


@experiment
def above_staticmethod() -> list[Any]:
    def above() -> Any:
        class Post:
            @shared_task
            @staticmethod
            def above_it() -> None: ...

        return Post.above_it.name

    def below() -> Any:
        class Post:
            @staticmethod
            @shared_task
            def below_it() -> None: ...

        return Post.below_it.name

    return [attempt(above), attempt(below)]


@experiment
def inside_a_function() -> list[bool]:
    name = "experiments.tasks.later"

    def define() -> None:
        @app.task(name=name)
        def later() -> None: ...

    before = name in app.tasks
    define()
    return [before, name in app.tasks]


@experiment
def removed() -> dict[str, str]:
    names = ("celery.task", "celery.decorators", "celery.five", "celery.contrib.methods", "celery.contrib.batches")
    return {name: attempt(importlib.import_module, name) for name in (*names, "djcelery")}
