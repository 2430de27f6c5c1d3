"""What a task gets from a message, parameter by parameter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from celery_lint.facts import schema as s
from celery_lint.project.arguments.binding import COUNTED
from celery_lint.project.arguments.given import Sent

if TYPE_CHECKING:
    from celery_lint.project.arguments.message import Message

__all__ = ["Received", "received"]


class Received(Struct, frozen=True):
    """One argument, and the parameter that it certainly becomes."""

    sent: Sent
    parameter: s.Parameter


def received(message: Message) -> Iterator[Received]:
    """In the order in which they are given; arguments that more may stand before, and those that go into `*args` or
    `**kwargs`, are left out."""
    signature = message.task.signature if message.is_certain and message.form in COUNTED else None
    if signature is None:
        return
    counted = message.form in ("call", "name") or message.is_immutable or message.gets == "nothing"
    if counted and message.given.is_complete:
        for sent, parameter in zip(message.given.positional, signature.positional, strict=False):
            yield Received(sent, parameter)
    by_name = {p.name: p for p in signature.parameters if p.kind in ("positional", "keyword-only")}
    for sent in message.given.keywords:
        if sent.keyword in by_name:
            yield Received(sent, by_name[sent.keyword])
