"""Experiments, and how what they see is written down."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from types import FrameType
from typing import Any

__all__ = ["EXPERIMENTS", "attempt", "experiment", "observe"]

LIMIT = 60.0
"""Seconds after which an experiment is given up, so that the others still run."""

EXPERIMENTS: dict[str, Callable[[], Any]] = {}


class OverdueError(BaseException):
    """An experiment did not end in time. No handler of exceptions takes it for one of its own."""


def experiment(function: Callable[[], Any]) -> Callable[[], Any]:
    EXPERIMENTS[function.__name__] = function
    return function


def attempt(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """What the call returns, or "Type: message" of what it raises."""
    try:
        return function(*args, **kwargs)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def observe() -> dict[str, Any]:
    """Every experiment's observation, in the order in which they are written."""
    seen = {name: _in_time(function) for name, function in EXPERIMENTS.items()}
    return dict(json.loads(json.dumps(seen, default=repr)))


def _in_time(function: Callable[[], Any]) -> Any:
    def give_up(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - signals call it so
        raise OverdueError

    signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, LIMIT)
    try:
        return attempt(function)
    except OverdueError:
        return f"OverdueError: it did not end within {LIMIT:g} seconds"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
