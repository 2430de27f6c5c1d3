"""Tasks and transactions."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any
from unittest.mock import patch

from celery import Celery, Task, shared_task
from django.db import connection, transaction
from django.db.models.signals import post_delete, post_save
from django.test import TestCase
from laboratory import app, attempt, experiment, wait_until, worker
from laboratory.shop.models import Order

SEEN: list[Any] = []


@shared_task(ignore_result=True)
def find(order_id: int) -> None:
    SEEN.append(attempt(lambda: Order.objects.get(pk=order_id).pk))


@shared_task(ignore_result=True)
def note(value: Any) -> None:
    SEEN.append(value)


@shared_task(base=Task)
def plain() -> None: ...


def seen_after(send: Any, count: int = 1) -> list[Any]:
    """What tasks saw that `send()` sent, once there are `count` of them."""
    SEEN.clear()
    attempt(send)
    wait_until(lambda: len(SEEN) >= count, 5)
    return list(SEEN)


def queued() -> int:
    """Messages that wait in the broker in memory."""
    with app.connection_or_acquire() as connection:
        return int(connection.default_channel.queue_declare("celery", passive=False).message_count)


def purged(send: Any) -> tuple[Any, int]:
    """What `send()` gives, and how many messages it put on the broker."""
    app.control.purge()
    result = attempt(send)
    count = queued()
    app.control.purge()
    return result, count


@experiment
def sent_before_the_commit() -> list[Any]:
    def send() -> None:
        with transaction.atomic():
            order = Order.objects.create()
            find.delay(order.pk)
            wait_until(lambda: SEEN, 5)

    with worker():
        return seen_after(send)


@experiment
def sent_although_rolled_back() -> list[Any]:
    def send() -> None:
        with transaction.atomic():
            find.delay(Order.objects.create().pk)
            raise ValueError

    with worker():
        return seen_after(send)


@experiment
def sent_without_a_transaction() -> list[bool]:
    """Whether the task found the row: when it was sent after it was written, and with `delay_on_commit`."""

    def plain() -> None:
        find.delay(Order.objects.create().pk)

    def on_commit() -> None:
        find.delay_on_commit(Order.objects.create().pk)

    with worker():
        return [isinstance(seen_after(send)[0], int) for send in (plain, on_commit)]


@experiment
def sent_with_a_countdown() -> list[Any]:
    """By a transaction that takes longer than the countdown."""

    def send() -> None:
        with transaction.atomic():
            find.apply_async((Order.objects.create().pk,), countdown=0.5)
            wait_until(lambda: SEEN, 5)

    with worker():
        return seen_after(send)


@experiment
def sent_on_commit() -> bool:
    def send() -> None:
        with transaction.atomic():
            find.delay_on_commit(Order.objects.create().pk)

    with worker():
        return isinstance(seen_after(send)[0], int)


@experiment
def result_of_delay_on_commit() -> Any:
    with transaction.atomic():
        return note.delay_on_commit(1)


@experiment
def task_called_inside_on_commit() -> tuple[Any, int, int]:
    def send() -> None:
        with transaction.atomic():
            Order.objects.create()
            transaction.on_commit(note.delay(1))

    before = Order.objects.count()
    said, messages = purged(send)
    return said, messages, Order.objects.count() - before


@experiment
def on_commit_with_arguments() -> Any:
    def send() -> None:
        with transaction.atomic():
            transaction.on_commit(note.delay, 1)

    return attempt(send)


@experiment
def signature_as_callback() -> tuple[int, list[Any]]:
    def send() -> None:
        with transaction.atomic():
            transaction.on_commit(note.si(5))

    SEEN.clear()
    _, messages = purged(send)
    return messages, list(SEEN)


@experiment
def lambdas_in_a_loop() -> list[int]:
    got: list[int] = []
    with transaction.atomic():
        for number in range(3):
            transaction.on_commit(lambda: got.append(number))  # noqa: B023
    return got


@experiment
def partials_in_a_loop() -> list[int]:
    got: list[int] = []
    with transaction.atomic():
        for number in range(3):
            transaction.on_commit(partial(got.append, number))
    return got


@experiment
def inside_a_block_on_another_database() -> int:
    with transaction.atomic(using="other"):
        return purged(lambda: note.delay_on_commit(1))[1]


@experiment
def in_a_coroutine() -> Any:
    async def send() -> None:
        note.delay_on_commit(1)

    return attempt(asyncio.run, send())


@experiment
def plain_base() -> Any:
    return attempt(lambda: plain.delay_on_commit)


@experiment
def app_without_fixup() -> Any:
    bare = Celery("bare", fixups=[], set_as_current=False)

    @bare.task
    def t() -> None: ...

    return attempt(lambda: t.delay_on_commit)


@experiment
def decorator_above_the_task() -> Any:
    @transaction.atomic
    @shared_task
    def t() -> None: ...

    return attempt(lambda: t.delay)


@experiment
def signals_inside_a_transaction() -> dict[str, bool]:
    seen: dict[str, bool] = {}

    def at(name: str) -> Any:
        def receive(**_: Any) -> None:
            seen[name] = transaction.get_connection().in_atomic_block

        return receive

    def during(name: str, signal: Any, act: Any) -> None:
        receiver = at(name)
        signal.connect(receiver, sender=Order)
        act()
        signal.disconnect(receiver, sender=Order)

    during("create", post_save, lambda: Order.objects.create())
    during("get_or_create", post_save, lambda: Order.objects.get_or_create(note="fresh"))
    during("delete", post_delete, lambda: Order.objects.all()[0].delete())
    return seen


@experiment
def test_case_never_commits() -> tuple[int, int]:
    class Case(TestCase):
        def runTest(self) -> None:  # noqa: N802 - the name unittest knows
            note.delay_on_commit(1)

    def capturing() -> None:
        with TestCase.captureOnCommitCallbacks(execute=True), transaction.atomic():
            note.delay_on_commit(1)

    def run() -> None:
        case = Case()
        Case.setUpClass()
        try:
            case._pre_setup()
            case.runTest()
            case._post_teardown()
        finally:
            Case.tearDownClass()

    return purged(run)[1], purged(capturing)[1]


@experiment
def saved_over_another_change() -> dict[str, str]:
    """The note that another process wrote between the reading and the saving of a row: after each kind of saving."""

    def note_after(save: Any) -> str:
        read = Order.objects.create(note="before")
        Order.objects.filter(pk=read.pk).update(note="changed meanwhile")
        read.paid = True
        save(read)
        return str(Order.objects.get(pk=read.pk).note)

    def fresh(order: Order) -> None:
        order.refresh_from_db()
        order.paid = True
        order.save()

    return {
        "save": note_after(lambda order: order.save()),
        "update_fields": note_after(lambda order: order.save(update_fields=["paid"])),
        "refresh": note_after(fresh),
    }


@experiment
def locking_outside_a_transaction() -> Any:
    """SQLite takes no row locks, but the check is Django's own and made before there is any SQL."""
    with patch.object(type(connection.features), "has_select_for_update", True):
        return attempt(lambda: list(Order.objects.select_for_update()))
