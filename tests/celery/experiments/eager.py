"""Eager mode."""

from __future__ import annotations

import threading
import time
import warnings
from typing import Any

from celery import Celery, shared_task
from django.db import connections, transaction
from django.test import TestCase, TransactionTestCase, override_settings
from laboratory import app, attempt, experiment, worker
from laboratory.shop.models import Order

RAN: list[Any] = []


@shared_task
def find(order_id: int) -> Any:
    return Order.objects.filter(pk=order_id).exists()


@shared_task
def fails() -> None:
    raise ValueError("lost")


@shared_task(ignore_result=True)
def ignored() -> int:
    return 5


@shared_task
def kind(value: Any) -> str:
    return type(value).__name__


@shared_task(bind=True, max_retries=2, default_retry_delay=60)
def retried(self: Any) -> None:
    RAN.append(self.request.retries)
    self.retry()


@shared_task
def slow() -> str:
    time.sleep(0.3)
    return threading.current_thread().name


@shared_task
def used_before() -> None: ...


def eagerly(act: Any, **more: Any) -> Any:
    with override_settings(CELERY_TASK_ALWAYS_EAGER=True, **more), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        said = attempt(act)
    return said if not caught else [said, *(type(caution.message).__name__ for caution in caught)]


@experiment
def inside_a_transaction() -> Any:
    def act() -> Any:
        with transaction.atomic():
            return find.delay(Order.objects.create().pk).get()

    return eagerly(act)


@experiment
def exceptions() -> list[Any]:
    quiet = eagerly(lambda: fails.delay().state)
    loud = eagerly(lambda: fails.delay().state, CELERY_TASK_EAGER_PROPAGATES=True)
    return [quiet, loud]


@experiment
def times_are_ignored() -> list[Any]:
    RAN.clear()
    begun = time.monotonic()
    later = eagerly(lambda: ignored.apply_async(countdown=60).state)
    eagerly(lambda: retried.delay().state)
    limited = eagerly(lambda: slow.apply_async(time_limit=0.1, soft_time_limit=0.05).state)
    return [later, list(RAN), limited, time.monotonic() - begun < 30]


@experiment
def ignored_results() -> Any:
    return eagerly(lambda: ignored.delay().get())


@experiment
def arguments() -> list[Any]:
    return [eagerly(lambda: kind.delay((1, 2)).get()), eagerly(lambda: kind.delay(Order()).get())]


@experiment
def by_name() -> Any:
    return eagerly(lambda: type(app.send_task("nowhere")).__name__)


@experiment
def same_thread() -> bool:
    return bool(eagerly(lambda: slow.delay().get()) == threading.current_thread().name)


def in_a(case_class: Any, act: Any) -> Any:
    """What the body of a test in such a class sees."""

    class Case(case_class):  # type: ignore[misc]
        databases = ("default", "other")

        def runTest(self) -> None: ...  # noqa: N802 - the name unittest knows

    case = Case()
    Case.setUpClass()
    try:
        case._pre_setup()
        try:
            return act()
        finally:
            case._post_teardown()
    finally:
        Case.tearDownClass()


@experiment
def workers_beside_tests() -> list[Any]:
    """The worker is there before the test begins, because its start closes all connections."""

    def act() -> Any:
        return find.delay(Order.objects.create().pk).get(timeout=10)

    with worker():
        found = [in_a(case_class, act) for case_class in (TestCase, TransactionTestCase)]
    connections.close_all()
    return found


@experiment
def options_are_read_once() -> list[bool]:
    """What the task ignores before the override, inside of it and after it, and what the setting then says."""
    before = used_before.ignore_result
    with override_settings(CELERY_TASK_IGNORE_RESULT=True):
        inside, said = used_before.ignore_result, app.conf.task_ignore_result
    return [bool(before), bool(inside), bool(used_before.ignore_result), bool(said)]


@experiment
def set_on_the_app() -> list[Any]:
    """A setting that Django's settings do not have, and one that they have as well."""
    with override_settings(CELERY_TASK_TRACK_STARTED=False):
        made = Celery("made", set_as_current=False)
        made.config_from_object("django.conf:settings", namespace="CELERY")
        made.conf.task_default_queue = "local"
        made.conf.task_track_started = True
        return [made.conf.task_default_queue, made.conf.task_track_started]
