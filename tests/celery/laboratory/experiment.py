"""Experiments, and how what they see is written down."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

__all__ = ["EXPERIMENTS", "attempt", "experiment", "observe"]

EXPERIMENTS: dict[str, Callable[[], Any]] = {}


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
    seen = {name: attempt(function) for name, function in EXPERIMENTS.items()}
    return dict(json.loads(json.dumps(seen, default=repr)))
