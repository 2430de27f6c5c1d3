"""What a task can be given, and what becomes of it."""

from __future__ import annotations

import json
import os
import time
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import IntEnum
from pathlib import Path
from typing import Any
from uuid import UUID

from celery import shared_task
from django.db.models import F, Q, TextChoices
from kombu.serialization import dumps, loads
from laboratory import app, attempt, experiment, wait_until, worker
from laboratory.shop.models import Order


@shared_task
def one(x: Any) -> None: ...


@shared_task
def anything(**kwargs: Any) -> None: ...


@shared_task(typing=False)
def unchecked(x: Any) -> None: ...


class Plain: ...


def sent(value: Any) -> Any:
    """What `delay(value)` raises, or "sent"."""
    said = attempt(one.delay, value)
    return said if isinstance(said, str) else "sent"


def received(value: Any) -> Any:
    """What a worker makes of a value."""
    kind, encoding, body = dumps(value, serializer="json")
    return loads(body, kind, encoding)


def message() -> Any:
    """The message that waits in the broker in memory, taken out."""
    with app.connection_or_acquire() as connection:
        queue = connection.SimpleQueue("celery")
        got = queue.get(timeout=5)
        got.ack()
        queue.close()
        return got


@experiment
def instances() -> list[Any]:
    order = Order.objects.create()
    return [sent(order), sent([order]), sent({"order": order})]


@experiment
def querysets() -> list[Any]:
    orders = Order.objects.all()
    return [sent(value) for value in (orders, orders.values(), orders.values_list("pk", flat=True))]


@experiment
def refused() -> dict[str, Any]:
    values = (
        {1},
        frozenset({1}),
        timedelta(1),
        Path("x"),
        (n for n in range(2)),
        range(2),
        {}.keys(),
        map(str, ()),
        F("x"),
        Q(x=1),
        Plain(),
        Plain,
        ValueError("x"),
        lambda: 1,
        1j,
    )
    return {type(value).__name__: sent(value) for value in values}


@experiment
def keys() -> Any:
    return sent({(1, 2): 3})


@experiment
def accepted() -> list[bool]:
    now = datetime(2026, 1, 2, 3, tzinfo=UTC)
    values = (now, now.replace(tzinfo=None), date(2026, 1, 2), Decimal("1.5"), UUID(int=5), b"x", b"\xff", None)
    return [received(value) == value for value in values]


@experiment
def changed() -> list[Any]:
    return [received((1, 2)), received({1: "x", None: "y"})]


class Size(IntEnum):
    SMALL = 1


class State(TextChoices):
    PAID = "paid", "Paid"


@experiment
def members() -> list[list[Any]]:
    return [[type(got).__name__, got] for got in map(received, (Size.SMALL, State.PAID))]


@experiment
def shown_arguments() -> dict[str, list[bool]]:
    """Whether the header of a message, and its body, show an argument."""
    app.control.purge()
    seen = {}
    for name, options in (("plain", {}), ("hidden", {"argsrepr": "(<hidden>)"})):
        one.apply_async(("hunter2",), **options)
        got = message()
        seen[name] = ["hunter2" in got.headers["argsrepr"], "hunter2" in json.dumps(got.payload)]
    return seen


@experiment
def size_of_a_message() -> int:
    app.control.purge()
    one.delay("x" * 1_000_000)
    return len(json.dumps(message().payload))


@experiment
def arity() -> dict[str, Any]:
    app.control.purge()
    calls = {
        "too many": lambda: one.delay(1, 2),
        "too few": lambda: one.delay(),
        "keyword": lambda: one.apply_async(kwargs={"y": 1}),
        "on commit": lambda: one.delay_on_commit(1, 2),
        "signature": lambda: one.s(1, 2).delay(),
        "signature made": lambda: one.s(1, 2) and "made",
        "unchecked": lambda: unchecked.delay(1, 2) and "sent",
        "by name": lambda: app.send_task("experiments.arguments.one", (1, 2)) and "sent",
    }
    return {name: attempt(call) for name, call in calls.items()}


@experiment
def containers() -> dict[str, Any]:
    calls: dict[str, Any] = {
        "number": {"args": 5},
        "string": {"args": "abc"},
        "string of one": {"args": "a"},
        "set": {"args": {5}},
        "kwargs": {"kwargs": [1]},
    }
    seen = {name: attempt(lambda call=call: one.apply_async(**call)) for name, call in calls.items()}
    return {name: said if isinstance(said, str) else "sent" for name, said in seen.items()}


@experiment
def options_in_delay() -> list[Any]:
    app.control.purge()
    seen = [attempt(one.delay, 1, countdown=5), attempt(one.delay, 1, queue="x")]
    anything.delay(countdown=5)
    got = message()
    return [*seen, got.headers["eta"], got.payload[1]]


@experiment
def unknown_options() -> list[Any]:
    app.control.purge()
    one.apply_async((1,), countdwon=60, que="slow")
    got = message()
    return [got.headers["eta"], got.delivery_info["routing_key"], got.properties.get("countdwon")]


@experiment
def naive_times() -> list[Any]:
    """Where it is hours earlier than in UTC: a task for a minute from now, and one that may wait five minutes."""
    app.control.purge()
    before = os.environ.get("TZ"), app.conf.timezone
    os.environ["TZ"] = app.conf.timezone = "America/New_York"
    time.tzset()
    try:
        with worker():
            late = one.apply_async((1,), eta=datetime.now() + timedelta(minutes=1))
            ran = wait_until(late.ready, 10)
            expired = one.apply_async((1,), expires=datetime.now() + timedelta(minutes=5))
            aware = one.apply_async((1,), expires=datetime.now(UTC) + timedelta(minutes=5))
            return [ran, attempt(expired.get, timeout=10), attempt(aware.get, timeout=10)]
    finally:
        os.environ["TZ"], app.conf.timezone = before[0] or "UTC", before[1]
        time.tzset()


@experiment
def wrong_types() -> dict[str, Any]:
    app.control.purge()
    calls: dict[str, dict[str, Any]] = {
        "countdown": {"countdown": "5"},
        "countdown of a timedelta": {"countdown": timedelta(5)},
        "eta": {"eta": 5},
        "eta of a timedelta": {"eta": timedelta(5)},
        "expires": {"expires": "x"},
        "expires of a timedelta": {"expires": timedelta(5)},
        "retry_policy": {"retry_policy": {"max_retrys": 1}},
    }
    return {name: attempt(lambda call=call: one.apply_async((1,), **call)) for name, call in calls.items()}


@experiment
def countdown_beside_eta() -> bool:
    app.control.purge()
    one.apply_async((1,), countdown=60, eta=datetime(2040, 1, 1, tzinfo=UTC))
    return str(message().headers["eta"]).startswith("2040")
