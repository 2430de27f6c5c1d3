"""Objects that are kept in a list or dict, and the methods that a loop calls on each of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from celery_lint.facts import schema as s
from celery_lint.project.program import Place
from celery_lint.project.uses import State, Use, given, parameter_name, use_of_call
from celery_lint.project.values import ClassValue, Instance, behind
from celery_lint.project.view import FileView

if TYPE_CHECKING:
    from celery_lint.project.callers import Callers

__all__ = ["Kept"]

TAKEN = {"items": (1,), "values": ()}
"""Methods of dicts that a loop goes over, and where the value stands in what they give."""


class Table(Struct, frozen=True):
    """What a loop goes over, and whether it takes the values of a dict."""

    expr: s.Expr
    is_dict: bool


class Kept:
    def __init__(self, callers: Callers) -> None:
        self.callers = callers
        self.program = callers.program
        self.evaluator = callers.evaluator

    def uses(self, view: FileView, state: State) -> Iterator[Use]:
        """The calls of a method on what a loop takes out of a table in which an object of its class stands. Where the
        function with the loop is given the table, the use is the call that gives it."""
        name = self.program.view(state.path).facts.scopes[state.scope].name
        for number in view.calls_by_name.get(name, ()):
            call = view.facts.calls[number]
            if not isinstance(call.func, s.Attribute) or not isinstance(call.func.base, s.Name):
                continue
            for entry in view.definitions.get((call.scope, call.func.base.id), ()):
                table = looped_over(view, entry.binding) if entry.binding is not None else None
                if entry.binding is None or table is None:
                    continue
                place = Place(view.path, entry.binding.scope, entry.binding.frame, entry.binding.order)
                for cls in self._classes(table, place, state):
                    yield replace(use_of_call(view, number), receiver=cls)
                for use, cls in self._given(view, table, place, state):
                    yield replace(use, receiver=cls, inside=(view.path, call.frame, call.order))

    def _classes(self, table: Table, place: Place, state: State) -> Iterator[ClassValue]:
        """The classes of the objects in a table for which the method is the state's."""
        shown = [(table.expr, place)]
        if isinstance(table.expr, s.Name):
            found = self.evaluator.names.entries(table.expr.id, place)
            shown = [
                (entry.binding.value, Place(found[0].path, entry.binding.scope, entry.binding.frame, entry.order))
                for entry in (found[2] if found is not None else ())
                if found is not None and entry.binding is not None and entry.binding.value is not None
                if not entry.binding.path
            ]
        for expr, where in shown:
            for item in items_of(expr, is_dict=table.is_dict):
                value = self.evaluator.value(item, where)
                if isinstance(value, Instance) and isinstance(value.cls, ClassValue) and self._has(value.cls, state):
                    yield value.cls

    def _has(self, cls: ClassValue, state: State) -> bool:
        name = self.program.view(state.path).facts.scopes[state.scope].name
        found = self.evaluator.classes.method(cls, name)
        same = found is not None and (found.path, found.scope) == (state.path, state.scope)
        return same and (state.bound is None or self.evaluator.classes.is_subclass(cls, state.bound))

    def _given(self, view: FileView, table: Table, place: Place, state: State) -> Iterator[tuple[Use, ClassValue]]:
        """The calls that give a function such a table for the parameter it goes over."""
        if not isinstance(table.expr, s.Name):
            return
        found = self.evaluator.names.entries(table.expr.id, place)
        if found is None or not any(entry.parameter >= 0 for entry in found[2]):
            return
        for use in self.callers.uses(State(view.path, found[1])):
            if use.kind != "called" or use.call < 0 or use.inside is not None:
                continue
            caller = self.program.view(use.path)
            call = caller.facts.calls[use.call]
            where = self.program.place_of_call(use.path, call)
            function, shift = behind(self.evaluator.value(call.func, where))
            if function is None or (function.path, function.scope) != (view.path, found[1]):
                continue
            arguments: list[int | str] = [*range(len(call.args)), *(k.name for k in call.keywords if k.name)]
            for argument in arguments:
                expr = given(call, argument)
                if expr is not None and parameter_name(view, found[1], argument, shift) == table.expr.id:
                    for cls in self._classes(Table(expr, table.is_dict), where, state):
                        yield use, cls


def looped_over(view: FileView, binding: s.Binding) -> Table | None:
    """The table whose objects a loop gives to its variable."""
    if binding.kind not in ("loop", "comprehension") or binding.value is None:
        return None
    call = view.call(binding.value)
    if call is None:
        return Table(binding.value, is_dict=False) if binding.path == () else None
    if not isinstance(call.func, s.Attribute) or TAKEN.get(call.func.name) != binding.path:
        return None
    return Table(call.func.base, is_dict=True)


def items_of(expr: s.Expr, *, is_dict: bool) -> tuple[s.Expr, ...]:
    if isinstance(expr, s.Mapping):
        return expr.values if is_dict else ()
    return expr.items if isinstance(expr, s.Display) and not is_dict else ()
