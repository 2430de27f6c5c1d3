"""Calls of a signal's `connect`: which receivers they connect to what, also in loops and in functions that are given
both."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from celery_lint.facts import schema as s
from celery_lint.project.program import Place, Program
from celery_lint.project.values import ParameterValue, Value, behind
from celery_lint.project.view import FileView

if TYPE_CHECKING:
    from celery_lint.project.evaluate import Evaluator

__all__ = ["Connection", "connections"]


class Connection(Struct, frozen=True):
    """What one call of `connect` may connect: the receiver, and an expression of the signal. `span` is the call, or
    the one that gives both to the function in which it stands."""

    receiver: Value
    signal: s.Expr
    place: Place
    span: s.Span


def connections(program: Program, evaluator: Evaluator, view: FileView, call: s.Call) -> Iterator[Connection]:
    """Every pair of a receiver and a signal that a call of `connect` may be about."""
    expr = view.argument(call, 0, "receiver")
    if expr is None or not isinstance(call.func, s.Attribute):
        return
    place = program.place_of_call(view.path, call)
    receiver = evaluator.value(expr, place)
    if isinstance(receiver, ParameterValue) and receiver.path == view.path:
        for site, shift in sites(program, evaluator, view, receiver.scope):
            there = program.place_of_call(view.path, site)
            parameters = view.facts.scopes[receiver.scope].parameters
            given = view.argument_for(site, parameters, receiver.name, shift)
            if given is None:
                continue
            for signal in each(view, call.func.base, place):
                passed = signal
                if isinstance(signal, s.Name) and any(each.name == signal.id for each in parameters):
                    passed = view.argument_for(site, parameters, signal.id, shift) or signal
                for item in items(passed):
                    yield Connection(evaluator.value(given, there), item, there, site.span)
        return
    for signal in each(view, call.func.base, place):
        for item in items(signal):
            yield Connection(receiver, item, place, call.span)


def each(view: FileView, expr: s.Expr, place: Place) -> tuple[s.Expr, ...]:
    """What an expression stands for: the collection that a loop takes it from, or itself."""
    if not isinstance(expr, s.Name):
        return (expr,)
    around = {number for number, record in view.scope_frames(place.frame) if record.kind == "loop"}
    for binding in view.facts.bindings:
        if binding.kind == "loop" and binding.target == expr.id and binding.frame in around:
            call = view.call(binding.value)
            if call is not None and isinstance(call.func, s.Attribute) and call.func.name in ("items", "keys"):
                return (call.func.base,) if binding.path in ((), (0,)) else ()
            return (binding.value,) if binding.value is not None and binding.path == () else ()
    return (expr,)


def items(expr: s.Expr) -> tuple[s.Expr, ...]:
    """The members of a collection that is written out; another expression is its own."""
    if isinstance(expr, s.Display):
        return expr.items
    if isinstance(expr, s.Mapping):
        return tuple(key for key in expr.keys if key is not None)
    return (expr,)


def sites(program: Program, evaluator: Evaluator, view: FileView, scope: int) -> Iterator[tuple[s.Call, int]]:
    """The calls of a function in its own file, and how many parameters are filled before their arguments."""
    for number in view.calls_by_name.get(view.facts.scopes[scope].name, ()):
        call = view.facts.calls[number]
        function, shift = behind(evaluator.value(call.func, program.place_of_call(view.path, call)))
        if function is not None and (function.path, function.scope) == (view.path, scope):
            yield call, shift
