"""How long a task waits before it is run again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from celery_lint.facts import schema as s
from celery_lint.knowledge.celery import DEFAULT_RETRY_DELAY, LONGEST_BACKOFF
from celery_lint.project.values import Literal, Value

if TYPE_CHECKING:
    from celery_lint.project.tasks import Task

__all__ = ["autoretry_delay", "number", "presses", "seconds", "steady_delay"]


def number(value: Value | None) -> float | None:
    """The number that a value certainly is; None for others, truth values among them."""
    found = value.value if isinstance(value, Literal) else None
    return float(found) if isinstance(found, int | float) and not isinstance(found, bool) else None


def steady_delay(task: Task, countdown: Value | None = None) -> float | None:
    """The seconds before each new run of a task, or with this countdown; None when not known."""
    if countdown is not None:
        return number(countdown)
    own = task.inherited_option("default_retry_delay")
    return number(own) if own is not None else DEFAULT_RETRY_DELAY


def autoretry_delay(task: Task) -> float | None:
    """The seconds before each new run that `autoretry_for` asks for, when they stay the same; None when not known."""
    if not task.has_known_options or task.inherited_option("retry_backoff") is not None:
        return None
    option = task.given.found.get("retry_kwargs")
    if option is None:
        return steady_delay(task) if task.inherited_option("retry_kwargs") is None else None
    call = task.program.view(option.path).facts.calls[option.call]
    given = next((keyword.value for keyword in call.keywords if keyword.span == option.span), None)
    if not isinstance(given, s.Mapping):
        return None
    keys = [key.value if isinstance(key, s.Constant) else None for key in given.keys]
    if None in keys or "max_retries" in keys:
        return None
    if "countdown" not in keys:
        return steady_delay(task)
    place = task.program.place_of_call(option.path, call)
    return steady_delay(task, task.evaluator.value(given.values[keys.index("countdown")], place))


def presses(task: Task, delay: float | None) -> bool:
    """Whether attempts with a delay that stays the same may press a host that is down: there are several, and the
    growing delays of Celery would end above it."""
    most = number(task.inherited_option("max_retries"))
    return delay is not None and delay < LONGEST_BACKOFF and (most is None or most > 1)


def seconds(delay: float) -> str:
    return f"{delay:g} second{'' if delay == 1 else 's'}"
