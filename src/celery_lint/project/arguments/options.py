"""What is wrong with the execution options of a message."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from celery_lint.facts import schema as s
from celery_lint.knowledge import execution
from celery_lint.project.arguments.given import Option
from celery_lint.project.moments import DATE, DURATION
from celery_lint.project.values import (
    External,
    Instance,
    Literal,
    Moment,
    Rows,
    TaskMethod,
    TaskValue,
    TupleValue,
    Value,
)
from celery_lint.spelling import closest

if TYPE_CHECKING:
    from celery_lint.project.arguments.message import Message

__all__ = [
    "BadValue",
    "Misspelling",
    "bad_containers",
    "bad_links",
    "bad_values",
    "local_now",
    "misspelt",
    "naive_times",
]

ALIKE = 0.75
"""How much a misspelt option looks like the one that was meant; "que" and "queue" just do."""
NUMBERS = ("int", "float", "bool")
NO_ARGUMENTS = {
    "args": ("str", "int", "float", "bool", "bytes", "dict"),
    "kwargs": ("str", "int", "float", "bool", "bytes"),
}
ISO_DATE = re.compile(r"\d{4}-?\d\d")
KEYS = ("pk", "id")
LINKS = ("link", "link_error")


class Misspelling(Struct, frozen=True):
    """An option that Celery does not know and one that it does."""

    option: Option
    meant: str


class BadValue(Struct, frozen=True):
    """An option with a value of the wrong kind, and what comes of it. `instead` is source text that would do."""

    option: Option
    found: str
    consequence: str
    instead: str = ""
    rename: str = ""


def misspelt(message: Message) -> Iterator[Misspelling]:
    """Options that are a near miss of a real one; a base with an `apply_async` of its own may know any name."""
    given = message.given
    if not message.options_reach_celery or any(option.name in execution.FREE_OPTIONS for option in given.options):
        return
    for option in given.options:
        if option.name in execution.EXECUTION_OPTIONS or option.span is None:
            continue
        meant = closest(option.name, execution.EFFECTIVE_OPTIONS, ALIKE)
        if meant is not None and meant[0] == option.name[0] and given.option(meant) is None:
            yield Misspelling(option, meant)


# Values


def bad_values(message: Message) -> Iterator[BadValue]:
    """Options whose value raises when the message is sent, or that another option overrides."""
    if not message.options_reach_celery:
        return
    for option in message.given.options:
        found = bad_value(message, option)
        if found is not None:
            yield found
    eta, countdown = message.given.option("eta"), message.given.option("countdown")
    if eta is None or countdown is None or message.form == "retry":
        return
    if not may_be_none(message, eta) and not may_be_none(message, countdown):
        yield BadValue(eta, "given together with `countdown`", "`countdown` wins and this is dropped")


def bad_links(message: Message) -> Iterator[BadValue]:
    """`link` and `link_error` that hold a task or a result instead of a signature."""
    for option in message.given.options:
        if option.name not in LINKS or not message.options_reach_celery:
            continue
        exprs = option.expr.items if isinstance(option.expr, s.Display) else (option.expr,)
        for expr in exprs:
            value = message.project.evaluator.value(expr, message.place)
            if isinstance(value, TaskValue):
                yield BadValue(option, "a task", "", "{}.s()" if expr is option.expr else "")
            elif isinstance(value, Instance) and value.cls == External("celery.result.AsyncResult"):
                yield BadValue(option, "the result of a task that is sent here, at once", "")
            elif isinstance(value, TaskMethod):
                yield BadValue(option, f"a method (`{value.name}`)", "")


def may_be_none(message: Message, option: Option) -> bool:
    value = message.value(option)
    known = isinstance(value, Moment | Instance) or (isinstance(value, Literal) and value.kind in NUMBERS)
    return not known or isinstance(option.expr, s.Choice)


def bad_value(message: Message, option: Option) -> BadValue | None:
    value = message.value(option)
    if option.name == "retry_policy" and isinstance(option.expr, s.Mapping):
        return bad_policy(option, option.expr)
    if option.name == "countdown":
        if value == DURATION:
            return BadValue(option, "a timedelta", "sending it raises TypeError", instead="{}.total_seconds()")
        if isinstance(value, Moment):
            return BadValue(option, "a datetime", "sending it raises TypeError", rename="eta")
        if isinstance(value, Literal) and value.kind == "str" and value.value != "":
            digits = isinstance(value.value, str) and value.value.isdigit() and isinstance(option.expr, s.Constant)
            return BadValue(option, "a string", "sending it raises TypeError", str(value.value) if digits else "")
    if option.name == "eta":
        if value == DURATION:
            return BadValue(
                option, "a timedelta", "sending it raises AttributeError", "{}.total_seconds()", "countdown"
            )
        if isinstance(value, Literal) and value.kind in NUMBERS:
            return BadValue(option, "a number", "sending it raises AttributeError", "{}", "countdown")
    if option.name == "expires":
        if value == DURATION:
            return BadValue(option, "a timedelta", "sending it raises TypeError", instead="{}.total_seconds()")
        if value == DATE:
            return BadValue(option, "a date", "sending it raises TypeError")
        if isinstance(value, Literal) and isinstance(value.value, str) and not ISO_DATE.match(value.value):
            return BadValue(option, "a string that is no date", "sending it raises ValueError")
    return None


def bad_policy(option: Option, policy: s.Mapping) -> BadValue | None:
    """A key that `Connection.ensure` does not take."""
    for key in policy.keys:
        if isinstance(key, s.Constant) and isinstance(key.value, str) and key.value not in execution.RETRY_POLICY:
            return BadValue(option, f"a policy with the key `{key.value}`", "sending it raises TypeError")
    return None


def local_now(message: Message, expr: s.Expr) -> s.Call | None:
    """The call in `datetime.now()` or `datetime.now() + …`, whose zone is all that is missing."""
    if isinstance(expr, s.Operation):
        expr = expr.left
    call = message.view.call(expr)
    if call is None or call.args or call.keywords:
        return None
    callee = message.project.evaluator.value(call.func, message.place)
    return call if isinstance(callee, External) and callee.name == "datetime.datetime.now" else None


# Containers


def bad_containers(message: Message) -> Iterator[BadValue]:
    """`args=` that certainly is no list or tuple, and `kwargs=` that certainly is no dict."""
    for option in message.given.containers:
        found = wrong_container(message, option, message.value(option))
        if found:
            value = message.value(option)
            is_single = (
                option.name == "args"
                and not isinstance(value, Instance)
                and found not in ("a dict", "a set", "a generator")
            )
            instead = "({},)" if is_single else ""
            yield BadValue(option, found, consequence_of(message, option), instead)


def wrong_container(message: Message, option: Option, value: Value) -> str:
    """What is given in place of a list, tuple or dict; "" when it is one or may be."""
    if isinstance(option.expr, s.Choice):
        return ""
    unpacks = message.form in ("partial", "immutable") and option.name == "args"
    if isinstance(value, Literal) and value.kind in NO_ARGUMENTS[option.name]:
        if unpacks and value.kind in ("dict", "bytes"):
            return ""
        return {"str": "a string", "dict": "a dict", "bytes": "bytes"}.get(value.kind, "a number")
    if isinstance(value, TupleValue | Rows) and option.name == "kwargs":
        shown = isinstance(option.expr, s.Display) and option.expr.items
        return f"a {option.expr.kind}" if shown and isinstance(option.expr, s.Display) else ""
    if isinstance(value, Rows) and not unpacks and value.kind in ("set", "generator"):
        return f"a {value.kind}"
    if isinstance(value, Instance) and message.project.evaluator.is_model_instance(value):
        return f"one {message.project.evaluator.classes.name(value.cls)}"
    if isinstance(option.expr, s.Attribute) and option.expr.name in KEYS:
        owner = message.project.evaluator.value(option.expr.base, message.place)
        if isinstance(owner, Instance) and message.project.evaluator.is_model_instance(owner):
            return "a primary key"
    return ""


def consequence_of(message: Message, option: Option) -> str:
    if message.form in ("partial", "immutable"):
        return "its parts become the arguments" if option.name == "args" else "sending it raises TypeError"
    return "sending it raises TypeError"


# Times


def naive_times(message: Message) -> Iterator[BadValue]:
    """`eta` and `expires` with a time that has no zone, where the process does not run in UTC for certain."""
    for option in message.given.options:
        if option.name not in ("eta", "expires"):
            continue
        value = message.value(option)
        if not isinstance(value, Moment):
            continue
        clock = message.project.clock
        is_local = value.zone == "local" or (value.zone == "django" and clock.is_without_zones)
        if is_local and not clock.is_utc:
            yield BadValue(option, "a local time without a zone", "Celery reads it as UTC")
