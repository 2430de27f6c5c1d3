"""Arguments that nobody else may read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from celery_lint.facts import schema as s
from celery_lint.knowledge.secrets import is_secret
from celery_lint.project.arguments.given import Sent
from celery_lint.project.arguments.received import received
from celery_lint.project.values import Literal
from celery_lint.project.view import last_name

if TYPE_CHECKING:
    from celery_lint.project.arguments.message import Message

__all__ = ["first_secret"]

HIDING = ("argsrepr", "kwargsrepr")
"""Execution options with which a caller says what logs may show."""

NOT_SECRET = ("bool", "int")
KEYS = ("id", "pk", "uuid")


def first_secret(message: Message) -> str:
    """The first argument whose name, or whose parameter's name, is that of a secret; "" for none."""
    if any(message.given.option(name) is not None for name in HIDING):
        return ""
    names = {id(item.sent): item.parameter for item in received(message)}
    for sent in message.given.sent:
        parameter = names.get(id(sent))
        if parameter is not None and last_name(parameter.annotation or s.Other("")) in NOT_SECRET:
            continue
        given = parameter.name if parameter is not None else sent.keyword or ""
        if is_secret(given) and could_be(message, sent):
            return given
        if isinstance(sent.expr, s.Name | s.Attribute) and is_secret(last_name(sent.expr)) and could_be(message, sent):
            return message.written(sent.expr)
    return ""


def could_be(message: Message, sent: Sent) -> bool:
    """Whether the value may be a secret: no truth value, number or key, and not made unreadable before."""
    expr = sent.expr
    if isinstance(expr, s.CallRef):
        name = last_name(message.project.program.view(sent.place.path).facts.calls[expr.index].func).lower()
        return not any(word in name for word in ("crypt", "hash", "mask"))
    if isinstance(expr, s.Name | s.Attribute) and last_name(expr).rpartition("_")[2] in KEYS:
        return False
    value = message.project.evaluator.value(expr, sent.place)
    return not isinstance(value, Literal) or (value.kind == "str" and value.value != "")
