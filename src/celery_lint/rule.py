"""What a rule author imports.

A rule is one stateless function from the linked project to nominations; its page says everything else about it:
`rules/<name>.md`, or the docstring of a plug-in's module.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from celery_lint.finding import (
    AddDecorator,
    AddImport,
    AddParameter,
    AppendText,
    Applicability,
    Confidence,
    Fix,
    Location,
    MoveDecorator,
    Nomination,
    RemoveKeyword,
    Rename,
    RenameKeyword,
    RenameMethod,
    ReplaceText,
    SetKey,
    SetKeyword,
    Severity,
    Step,
    WrapInOnCommit,
)
from celery_lint.project import Project

__all__ = [
    "AddDecorator",
    "AddImport",
    "AddParameter",
    "AppendText",
    "Applicability",
    "Confidence",
    "Fix",
    "Location",
    "MoveDecorator",
    "Nomination",
    "Project",
    "RemoveKeyword",
    "Rename",
    "RenameKeyword",
    "RenameMethod",
    "ReplaceText",
    "Rule",
    "SetKey",
    "SetKeyword",
    "Severity",
    "Step",
    "WrapInOnCommit",
    "rule",
    "rules_of",
]

Rule = Callable[[Project], Iterator[Nomination]]
_R = TypeVar("_R", bound=Rule)

_REGISTRY: dict[str, dict[str, Rule]] = {}
"""Module → the rules it holds, by name."""


def rule(name: str) -> Callable[[_R], _R]:
    """Register the function under the name of its page."""

    def register(function: _R) -> _R:
        _REGISTRY.setdefault(function.__module__, {})[name] = function
        return function

    return register


def rules_of(module: str) -> dict[str, Rule]:
    """The rules of a module that has been imported, by name."""
    return dict(_REGISTRY.get(module, {}))
