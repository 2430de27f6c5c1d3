"""Which transactions certainly write nothing, so that what is sent in them has no commit to wait for."""

from __future__ import annotations

from pathlib import Path
from textwrap import indent

import pytest
from building import build

FILES = {
    "manage.py": "",
    "shop/__init__.py": "",
    "shop/models.py": """
        from django.db import models

        class Order(models.Model):
            paid = models.BooleanField()

            def pay(self):
                self.paid = True
                self.save()

            def describe(self):
                return f"order {self.pk}".title()
    """,
    "shop/tasks.py": """
        from celery import shared_task
        from shop.models import Order

        @shared_task
        def tell(pk): pass

        @shared_task
        def pay(pk):
            Order.objects.get(pk=pk).pay()
    """,
    "shop/services.py": """
        from shop.models import Order
        from shop.tasks import tell

        def find(pk):
            return Order.objects.filter(pk=pk).order_by("pk").first()

        def cancel(pk):
            find(pk).delete()

        def send(pk):
            tell.delay(pk)

        def cancel_and_send(pk):
            cancel(pk)
            tell.delay(pk)

        def handed(fn):
            return fn()
    """,
}
HEAD = """
import json
import logging
from django.core.cache import cache
from django.db import connection, transaction
from shop.models import Order
from shop.services import *
from shop.tasks import pay, tell
import elsewhere
logger = logging.getLogger(__name__)
"""
NOTHING_WRITTEN = {
    "nothing else": "tell.delay(pk)",
    "through a function": "send(pk)",
    "in the other branch": "if late:\n    tell.delay(pk)\nelse:\n    cancel(pk)",
    "in another branch": "if late:\n    tell.delay(pk)\nelif now:\n    cancel(pk)\nelse:\n    Order.objects.create()",
    "in another case": "match late:\n    case 1: tell.delay(pk)\n    case 2: cancel(pk)",
    "in a branch that leaves": "if not late:\n    return cancel(pk)\ntell.delay(pk)",
    "behind a branch that leaves": "if late:\n    tell.delay(pk)\n    return\ncancel(pk)",
    "in the branch around all": "if late:\n    for pk in pks:\n        tell.delay(pk)\nelse:\n    cancel(pk)",
    "reading": "order = find(pk)\nif order.describe().split():\n    tell.delay(order.pk)",
    "reading by name": "rows = elsewhere.Order.objects.filter(paid=True).values_list('pk')\ntell.delay(list(rows))",
    "logging": "logger.info('sent %s', json.dumps({'pk': pk}))\ntell.delay(pk)",
    "collections": "pks = set()\npks.add(pk)\nfound = {}\nfound.update(a=1)\ntell.delay(sorted(pks))",
    "the cache": "cache.set('sent', pk)\ntell.delay(pk)",
    "output": "self.stdout.write(self.style.SUCCESS('sent'))\ntell.delay(pk)",
    "another task": "pay.delay(pk)\ntell.delay(pk)",
    "a block that writes nothing around it": "with transaction.atomic():\n    tell.delay(str(pk))",
}
WRITTEN = {
    "before": "Order.objects.create()\ntell.delay(pk)",
    "after": "tell.delay(pk)\ncancel(pk)",
    "by a method": "Order.objects.get(pk=pk).pay()\ntell.delay(pk)",
    "by a function": "cancel(pk)\ntell.delay(pk)",
    "by the function that sends": "cancel_and_send(pk)",
    "by an argument": "tell.delay(Order.objects.create().pk)",
    "in the same branch": "if late:\n    cancel(pk)\n    tell.delay(pk)",
    "in another if": "if late:\n    tell.delay(pk)\nif not now:\n    cancel(pk)",
    "in the other branch of an earlier round": (
        "for pk in pks:\n    if late:\n        tell.delay(pk)\n    else:\n        cancel(pk)"
    ),
    "before a branch that leaves": "cancel(pk)\nif late:\n    return\ntell.delay(pk)",
    "in an earlier round, behind a branch that leaves": (
        "for pk in pks:\n    if late:\n        tell.delay(pk)\n        return\n    cancel(pk)"
    ),
    "in a nested function": "def work():\n    cancel(pk)\nhanded(work)\ntell.delay(pk)",
    "in the block around it": "cancel(pk)\nwith transaction.atomic():\n    tell.delay(pk)",
    "maybe, by a package": "elsewhere.prepare(pk)\ntell.delay(pk)",
    "maybe, by an object": "thing.prepare()\ntell.delay(pk)",
    "maybe, by what a call gave": "chosen()()\ntell.delay(pk)",
    "maybe, by a related manager": "thing.rows.add(pk)\ntell.delay(pk)",
    "in SQL": "connection.cursor().execute('DELETE FROM a')\ntell.delay(pk)",
    "by a task that is run in place": "pay.apply((pk,))\ntell.delay(pk)",
    "by a task that is called": "pay(pk)\ntell.delay(pk)",
}
WITH = "def run(self, pk, pks, late, now, thing, chosen):\n    with transaction.atomic():\n        str(pk)\n"
DECORATED = "@transaction.atomic\ndef run(self, pk, pks, late, now, thing, chosen):\n    if True:\n        str(pk)\n"


def opened(root: Path, text: str) -> bool:
    """Whether something is sent inside a transaction, and would have to wait for it."""
    return bool(build(root, {**FILES, "shop/work.py": HEAD + text + "\n"}).contexts.opened)


@pytest.mark.parametrize("head", [WITH, DECORATED], ids=["with", "decorator"])
class TestBlocks:
    @pytest.mark.parametrize("name", NOTHING_WRITTEN)
    def test_that_write_nothing(self, name: str, head: str, tmp_path: Path) -> None:
        assert not opened(tmp_path, head + indent(NOTHING_WRITTEN[name], " " * 8))

    @pytest.mark.parametrize("name", WRITTEN)
    def test_that_may_write(self, name: str, head: str, tmp_path: Path) -> None:
        assert opened(tmp_path, head + indent(WRITTEN[name], " " * 8))


def test_nothing_but_messages(tmp_path: Path) -> None:
    """Whoever puts a transaction around them thinks that they wait for it."""
    assert opened(
        tmp_path, "def run(pk):\n    with transaction.atomic():\n        tell.delay(pk)\n        pay.delay(pk)"
    )


def test_what_super_saves(tmp_path: Path) -> None:
    text = """
class Noted:
    def save(self, *args, **kwargs):
        super().save(*args, **kwargs)

class Bill(Noted, Order):
    def save(self, *args, **kwargs):
        super().save(*args, **kwargs)

    def run(self):
        with transaction.atomic():
            self.save()
            tell.delay(1)
"""
    assert opened(tmp_path, text)


def test_what_calls_itself(tmp_path: Path) -> None:
    text = """
def one(pk):
    return two(pk - 1) if pk else None

def two(pk):
    return one(pk - 1) or cancel(pk)

def run(pk):
    with transaction.atomic():
        one(pk)
        tell.delay(pk)
"""
    assert opened(tmp_path, text)


def test_what_runs_in_a_context_manager(tmp_path: Path) -> None:
    text = """
from contextlib import contextmanager

@contextmanager
def telling(pk):
    with transaction.atomic():
        yield
        tell.delay(pk)
"""
    assert opened(tmp_path, text)


def test_the_callers_of_one_that_writes_nothing(tmp_path: Path) -> None:
    inner = "@transaction.atomic\ndef run(pk):\n    tell.delay(str(pk))\n"
    assert not opened(tmp_path / "one", inner + "def outer(pk):\n    cancel(pk)\n    run(pk)")
    assert opened(tmp_path / "two", inner + "@transaction.atomic\ndef outer(pk):\n    cancel(pk)\n    run(pk)")


def test_other_decorators(tmp_path: Path) -> None:
    def outcome(name: str, body: str) -> bool:
        text = f"def counted(fn):\n    def inner(pk):\n        {body}\n        return fn(pk)\n    return inner\n"
        return opened(tmp_path / name, text + "@transaction.atomic\n@counted\ndef run(pk):\n    tell.delay(str(pk))")

    assert (outcome("one", "print(pk)"), outcome("two", "cancel(pk)")) == (False, True)
