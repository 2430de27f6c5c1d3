"""What a rule author imports.

A rule is one stateless function from the linked project to nominations; its page, `rules/<name>.md`, says
everything else about it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from celery_lint.finding import Confidence, Fix, Location, Nomination, Severity, Step
from celery_lint.project import Project

__all__ = ["Confidence", "Fix", "Location", "Nomination", "Project", "Rule", "Severity", "Step", "rule"]

Rule = Callable[[Project], Iterator[Nomination]]
_R = TypeVar("_R", bound=Rule)

REGISTRY: dict[str, Rule] = {}


def rule(name: str) -> Callable[[_R], _R]:
    """Register the function under the name of its page."""

    def register(function: _R) -> _R:
        if name in REGISTRY and REGISTRY[name] is not function:
            raise ValueError(f"two rules are called {name!r}")
        REGISTRY[name] = function
        return function

    return register
