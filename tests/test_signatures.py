"""What a caller of a task may pass, through decorators, wrappers and classes."""

from __future__ import annotations

from pathlib import Path

import pytest
from building import one

HEAD = """\
import functools
from celery import Celery, Task, shared_task
from django.db import transaction
from elsewhere import OPTIONS, Batches, changed, traced

app = Celery()

def same(fn):
    @functools.wraps(fn)
    def wrapper(*args, **kwargs):
        with traced():
            return fn(*args, **kwargs)
    return wrapper

def bare(fn):
    def wrapper(*args, **kwargs):
        return fn(*args, **kwargs)
    return wrapper

def adding(fn):
    @functools.wraps(fn)
    def wrapper(*args, **kwargs):
        return fn("user", *args, **kwargs)
    return wrapper

def mine(**options):
    return shared_task(bind=True, **options)

def turned(bind=False, **options):
    return shared_task(bind=bind, **options)

def popping(**options):
    options.pop("ours")
    return shared_task(**options)

def own_function(fn):
    @shared_task
    def inner(user_pk):
        return fn(load(user_pk))
    return inner

class Logged(Task):
    def __call__(self, *args, **kwargs):
        return super().__call__(*args, **kwargs)

class Loading(Task):
    def __call__(self, order_pk):
        return super().__call__(load(order_pk))

class Untyped(Task):
    typing = False

class Collected(Batches):
    pass

"""

CASES = {
    "plain": ("@shared_task\ndef pay(order, *, note=''): ...", "order, note=?"),
    "with options": ("@app.task(name='pay')\ndef pay(order, *rest, **more): ...", "order, *rest, **more"),
    "bound": ("@shared_task(bind=True)\ndef pay(self, order): ...", "order"),
    "bound to nothing": ("@shared_task(bind=True)\ndef pay(*, order): ...", "order"),
    "spread options": ("WITH = {'bind': True}\n@shared_task(**WITH)\ndef pay(self, order): ...", "order"),
    "a wrapper's option": ("@mine(name='pay')\ndef pay(self, order): ...", "order"),
    "a wrapper's default": ("@turned()\ndef pay(order): ...", "order"),
    "over a wrapper's default": ("@turned(bind=True)\ndef pay(self, order): ...", "order"),
    "in a transaction": ("@shared_task\n@transaction.atomic\ndef pay(order): ...", "order (unchecked)"),
    "handed on": ("@shared_task\n@same\ndef pay(order): ...", "order (unchecked)"),
    "handed on without wraps": ("@shared_task\n@bare\ndef pay(order): ...", "order (unchecked)"),
    "without typing": ("@shared_task(typing=False)\ndef pay(order): ...", "order (unchecked)"),
    "without typing by its base": ("@shared_task(base=Untyped)\ndef pay(order): ...", "order (unchecked)"),
    "decorator above": ("@changed\n@shared_task\ndef pay(order): ...", "order"),
    "a call that is handed on": ("@shared_task(base=Logged)\ndef pay(order): ...", "order"),
    "a class": ("class Pay(Task):\n    def run(self, order): ...\npay = app.register_task(Pay())", "order"),
    "a static run": (
        "class P(Task):\n    @staticmethod\n    def run(order): ...\npay = app.register_task(P())",
        "order",
    ),
    "unknown options": ("@shared_task(**OPTIONS)\ndef pay(self, order): ...", None),
    "changed options": ("@popping(name='pay')\ndef pay(order): ...", None),
    "an unknown decorator below": ("@shared_task\n@changed\ndef pay(order): ...", None),
    "an argument added": ("@shared_task\n@adding\ndef pay(user, order): ...", None),
    "another function": ("@own_function\ndef pay(user): ...", None),
    "a call that changes arguments": ("@shared_task(base=Loading)\ndef pay(order): ...", None),
    "no base": ("@shared_task(base=None)\ndef pay(order): ...", "order"),
    "a base of another package": ("@shared_task(base=Batches)\ndef pay(orders): ...", None),
    "a class below one": ("@shared_task(base=Collected)\ndef pay(orders): ...", None),
    "a base that is chosen": ("@shared_task(base=OPTIONS['base'])\ndef pay(orders): ...", None),
    "a class with nothing to run": ("class Pay(Task): ...\npay = app.register_task(Pay())", None),
}


@pytest.mark.parametrize("name", CASES)
def test_what_a_message_fills(name: str, tmp_path: Path) -> None:
    text, expected = CASES[name]
    project = one(tmp_path, HEAD + text)
    signature = project.tasks.all[-1].signature
    if signature is None:
        assert expected is None
        return
    marks = {"variadic": "*", "keywords": "**"}
    words = [f"{marks.get(p.kind, '')}{p.name}{'=?' if p.default else ''}" for p in signature.parameters]
    assert expected == ", ".join(words) + (" (unchecked)" if signature.is_checked is False else "")
