"""What becomes of calls of `on_commit` that are given the wrong thing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fixing import fix_all

if TYPE_CHECKING:
    from pathlib import Path

BEFORE = """\
from functools import partial

from celery import shared_task
from django.db import transaction


@shared_task
def send(pk): ...


def place(order):
"""


def fixed(body: str, directory: Path) -> str:
    """The body of a function after the fixes."""
    path = directory / "shop.py"
    path.write_text(BEFORE + body, encoding="utf-8", newline="")
    fix_all(directory)
    return path.read_bytes().decode().removeprefix(BEFORE)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("(send.delay, order.pk)", "(partial(send.delay, order.pk))"),
        ("(send.delay, pk=order.pk)", "(partial(send.delay, pk=order.pk))"),
        ("(send.apply_async, (order.pk,), {}, 7)", "(partial(send.apply_async, (order.pk,), {}, 7))"),
        (
            "(\r\n\tsend.delay,  # the receipt\r\n\torder.pk,\r\n  )",
            "(partial(\r\n\tsend.delay,  # the receipt\r\n\torder.pk,\r\n  ))",
        ),
        ("(send.s(order.pk))", "(send.s(order.pk).delay)"),
    ],
)
def test_what_is_certain_is_fixed(before: str, after: str, tmp_path: Path) -> None:
    body = "    transaction.on_commit{}\n"
    assert body.format(after) == fixed(body.format(before), tmp_path)


def test_a_signature_in_a_variable_is_sent(tmp_path: Path) -> None:
    body = "    receipt = send.s(order.pk)\n    transaction.on_commit({})\n"
    assert body.format("receipt.delay") == fixed(body.format("receipt"), tmp_path)


@pytest.mark.parametrize(
    "call",
    [
        '(send.delay, 3, using="other")',
        "(send.delay, 3, **options)",
        "(send.delay, *order.keys, pk=3)",
        '(send.delay, "other", True, 3)',
        "(send.s, order.pk)",
    ],
)
def test_what_is_not_certain_is_left(call: str, tmp_path: Path) -> None:
    body = f"    transaction.on_commit{call}\n"
    assert body == fixed(body, tmp_path)
