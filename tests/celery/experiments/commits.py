"""What Django makes of `ATOMIC_REQUESTS`, of the transaction of a migration, and of queries in coroutines."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any

from celery import shared_task
from django.core.management import call_command
from django.db import connection, migrations, transaction
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path
from laboratory import app, attempt, experiment, wait_until, worker
from laboratory.shop.models import Order

app.conf.broker_transport_options = {"polling_interval": 0.05}
SEEN: list[Any] = []


@shared_task(ignore_result=True)
def find(order_pk: int) -> None:
    SEEN.append(attempt(lambda: Order.objects.get(pk=order_pk).pk == order_pk))


def view(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django calls it so
    Order.objects.create(note="half")
    SEEN.append(connection.in_atomic_block)
    raise OSError


urlpatterns = [path("", view)]


@experiment
def atomic_requests() -> dict[str, Any]:
    """Whether a view is in a transaction, and the rows it leaves when it fails; and what Django's checks say."""

    def visited() -> list[Any]:
        SEEN.clear()
        Order.objects.filter(note="half").delete()
        Client(raise_request_exception=False).get("/")
        return [*SEEN, Order.objects.filter(note="half").count()]

    logging.getLogger("django.request").setLevel(logging.CRITICAL)
    with override_settings(ATOMIC_REQUESTS=True, ROOT_URLCONF=__name__, ALLOWED_HOSTS=["testserver"]):
        checks = attempt(call_command, "check", fail_level="WARNING")
        at_top = visited()
        connection.settings_dict["ATOMIC_REQUESTS"] = True
        in_database = visited()
        connection.settings_dict["ATOMIC_REQUESTS"] = False
    return {"top": at_top, "database": in_database, "checks": checks}


@experiment
def migration() -> dict[str, list[Any]]:
    """What a task finds of a row that a migration wrote before it sent it."""

    def create(wait: bool) -> Any:
        def forwards(apps: Any, editor: Any) -> None:  # noqa: ARG001 - Django calls it so
            pk = Order.objects.create().pk
            if wait:
                transaction.on_commit(lambda: find.delay(pk))
            else:
                find.delay(pk)
                wait_until(lambda: SEEN, 5)

        return forwards

    def fail(apps: Any, editor: Any) -> None:  # noqa: ARG001 - Django calls it so
        raise OSError

    def run(*functions: Any, atomic: bool = True, each: bool | None = None) -> list[Any]:
        operations = [migrations.RunPython(function, atomic=each) for function in functions]
        made = type("Migration", (migrations.Migration,), {"operations": operations, "atomic": atomic})
        executor = MigrationExecutor(connection)
        SEEN.clear()
        before = Order.objects.count()
        state = executor.loader.project_state()
        attempt(executor.apply_migration, state, made(f"m{time.monotonic_ns()}", "shop"))
        wait_until(lambda: SEEN, 5)
        return [*SEEN, Order.objects.count() - before]

    with worker(app):
        return {
            "atomic": run(create(wait=False)),
            "fails": run(create(wait=False), fail),
            "not atomic": run(create(wait=False), atomic=False),
            "on commit": run(create(wait=True)),
            "atomic operation": run(create(wait=False), atomic=False, each=True),
            "operation that is not": run(create(wait=False), each=False),
        }


@experiment
def in_a_coroutine() -> str:
    """What Django says to a query there."""

    async def count() -> Any:
        return attempt(Order.objects.count)

    return str(asyncio.run(count()))
