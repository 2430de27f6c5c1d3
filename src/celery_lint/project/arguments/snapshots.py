"""Arguments that repeat what the row of another argument holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from celery_lint.facts import schema as s
from celery_lint.project.arguments.received import received
from celery_lint.project.program import Place
from celery_lint.project.values import ClassValue, External, ExternalMethod, Instance, Manager, QuerySet

if TYPE_CHECKING:
    from celery_lint.project.arguments.message import Message

__all__ = ["first_snapshot"]

KEYS = ("id", "pk")
FIXED = (
    "AutoField",
    "BigAutoField",
    "FileField",
    "ForeignKey",
    "ImageField",
    "OneToOneField",
    "SlugField",
    "UUIDField",
)
"""Kinds of fields that rarely change, or are no value of their own."""

MADE_ONCE = ("auto_now_add", "primary_key")


def first_snapshot(message: Message) -> str:
    """The first argument that is a field of a row whose key is another argument, by which the task reads the row
    again; as it is written, or "" for none."""
    keys = [
        (item.sent.expr.base, item.parameter.name)
        for item in received(message)
        if isinstance(item.sent.expr, s.Attribute) and item.sent.expr.name in KEYS
    ]
    for sent in message.given.sent:
        expr = sent.expr
        if not isinstance(expr, s.Attribute) or is_fixed(expr.name):
            continue
        owner = message.project.evaluator.value(expr.base, sent.place)
        if not isinstance(owner, Instance) or not isinstance(owner.cls, ClassValue):
            continue
        names = [name for base, name in keys if base == expr.base]
        if any(reads_row(message, name) for name in names) and changes(message, owner.cls, expr):
            return message.written(expr)
    return ""


def is_fixed(name: str) -> bool:
    """Whether a field with that name tells which row it is, and so stays as it is."""
    return name.rpartition("_")[2] in (*KEYS, "key", "slug", "uid", "uuid")


def reads_row(message: Message, parameter: str) -> bool:
    """Whether the task's own function asks the database for what has the parameter for its key."""
    body = message.task.body
    for call in body.own_calls if body is not None else ():
        callee = call.callee
        if isinstance(callee, ExternalMethod) and isinstance(callee.receiver, Manager | QuerySet):
            given = (*call.call.args, *(keyword.value for keyword in call.call.keywords))
            if s.Name(parameter) in given:
                return True
    return False


def changes(message: Message, model: ClassValue, attribute: s.Attribute) -> bool:
    """Whether the attribute certainly is a field of the model whose value may change."""
    project = message.project
    if not project.evaluator.classes.is_model(model):
        return False
    for owner, binding in project.evaluator.classes.attributes(model, attribute.name):
        view = project.program.view(owner.path)
        call = view.call(binding.value)
        if call is None:
            return False
        place = Place(view.path, binding.scope, binding.frame, binding.order)
        kind = project.evaluator.value(call.func, place)
        name = kind.name.rpartition(".")[2] if isinstance(kind, External) else ""
        once = any(keyword.name in MADE_ONCE for keyword in call.keywords)
        return name.endswith("Field") and name not in FIXED and not once
    return False
