"""Times and durations: what `datetime` and `django.utils.timezone` give, and whether a time knows its zone."""

from __future__ import annotations

from collections.abc import Callable

from celery_lint.facts import schema as s
from celery_lint.project.values import External, Instance, Literal, Moment, Unknown, Value

__all__ = ["DATE", "DURATION", "made", "of_method", "of_operation"]

DATETIME = "datetime.datetime"
DATE = Instance(External("datetime.date"))
DURATION = Instance(External("datetime.timedelta"))
TZINFO_POSITION = 7
Evaluate = Callable[[s.Expr], Value]


def made(name: str, call: s.Call, value: Evaluate) -> Value | None:
    """What a function or class of that dotted name gives, if it makes a time, a date or a duration."""
    if name == "datetime.timedelta":
        return DURATION
    if name in ("datetime.date", "datetime.date.today", "datetime.date.fromisoformat"):
        return DATE
    if name == "django.utils.timezone.now":
        return Moment("django")
    if name in ("django.utils.timezone.make_aware", "django.utils.timezone.localtime"):
        return Moment("aware")
    if name == "django.utils.timezone.make_naive":
        return Moment("local")
    if name in (f"{DATETIME}.utcnow", f"{DATETIME}.utcfromtimestamp"):
        return Moment("utc")
    if name == f"{DATETIME}.today":
        return Moment("local")
    if name in (f"{DATETIME}.now", f"{DATETIME}.fromtimestamp"):
        return zoned(call, 0 if name.endswith("now") else 1, "tz")
    if name == DATETIME:
        return zoned(call, TZINFO_POSITION, "tzinfo")
    if name == f"{DATETIME}.strptime":
        written = value(call.args[1]) if len(call.args) > 1 else None
        if isinstance(written, Literal) and isinstance(written.value, str) and "%z" not in written.value.lower():
            return Moment("local")
        return Moment("")
    return Moment("") if name in (f"{DATETIME}.combine", f"{DATETIME}.fromisoformat") else None


def zoned(call: s.Call, position: int, keyword: str) -> Moment:
    """A time that has a zone when the call is given one at the position or by the keyword."""
    if any(isinstance(arg, s.Spread) for arg in call.args) or any(k.name is None for k in call.keywords):
        return Moment("")
    given = [*call.args[position : position + 1], *(k.value for k in call.keywords if k.name == keyword)]
    if not given:
        return Moment("local")
    return Moment("local" if given[0] == s.Constant("NoneType", None) else "aware")


def of_method(receiver: Moment, name: str, call: s.Call) -> Value | None:
    """What a method of a time gives."""
    if name == "replace":
        zone = next((keyword.value for keyword in call.keywords if keyword.name == "tzinfo"), None)
        if zone is None:
            return receiver if all(keyword.name for keyword in call.keywords) else Moment("")
        return Moment("local" if zone == s.Constant("NoneType", None) else "aware")
    if name == "astimezone":
        return Moment("aware")
    if name == "date":
        return DATE
    return {"timestamp": Literal("float"), "isoformat": Literal("str"), "strftime": Literal("str")}.get(name)


def of_operation(operator: str, left: Value, right: Value) -> Value | None:
    """Sums and differences of times and durations, and multiples of durations."""
    if operator in ("+", "-") and isinstance(left, Moment):
        if operator == "-" and isinstance(right, Moment):
            return DURATION
        return left if operator == "+" or right == DURATION else None
    if operator == "+" and isinstance(right, Moment):
        return right
    if operator in ("+", "-") and left == DURATION == right:
        return DURATION
    if operator == "*" and DURATION in (left, right):
        return DURATION
    if operator in ("/", "//") and left == DURATION and not isinstance(right, Unknown):
        return DURATION if isinstance(right, Literal) else None
    return None
