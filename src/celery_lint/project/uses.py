"""A function that is run, and the places that run it."""

from __future__ import annotations

from msgspec import Struct

from celery_lint.facts import schema as s
from celery_lint.project.guards import Requirement
from celery_lint.project.values import ClassValue
from celery_lint.project.view import FileView

__all__ = ["State", "Use", "given", "parameter_name", "use_of_call"]


class State(Struct, frozen=True):
    """A function, and for a method the class its `self` is of, or below.

    `needs` is what its parameters must be for the dispatch in question to be reached.
    """

    path: str
    scope: int
    bound: ClassValue | None = None
    needs: frozenset[Requirement] = frozenset()


class Use(Struct, frozen=True):
    """A place where a function is run. `kind` is "called" or "deferred" (handed to on_commit).

    `bound` is the class of the caller's own `self`, where the call says something about it.
    """

    kind: str
    path: str
    scope: int
    frame: int
    order: int
    span: s.Span
    statement: int
    call: int = -1
    bound: ClassValue | None = None
    own: str = ""
    """"self" or "super" when the function is called on the caller's own self."""
    receiver: ClassValue | None = None
    """The class that the function's self is of, or below, as far as the call says."""
    inside: tuple[str, int, int] | None = None
    """For a function that is handed on: the (path, frame, order) at which the callee calls it."""
    chosen: bool = False
    """Whether it is one of several functions in a table, of which the call runs some."""


def use_of_call(view: FileView, number: int, bound: ClassValue | None = None) -> Use:
    call = view.facts.calls[number]
    return Use("called", view.path, call.scope, call.frame, call.order, call.span, call.statement, number, bound)


def given(call: s.Call, argument: int | str) -> s.Expr | None:
    if isinstance(argument, int):
        return call.args[argument] if argument < len(call.args) else None
    return next((keyword.value for keyword in call.keywords if keyword.name == argument), None)


def parameter_name(view: FileView, scope: int, argument: int | str, shift: int) -> str | None:
    """The parameter that an argument fills."""
    parameters = view.facts.scopes[scope].parameters
    if isinstance(argument, str):
        return next((p.name for p in parameters if p.name == argument), None)
    position = argument + shift
    plain = [p for p in parameters if p.kind in ("positional", "positional-only")]
    return plain[position].name if position < len(plain) else None
