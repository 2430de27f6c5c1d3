"""The options of a task, from all the decorators that give them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from celery_lint.facts import schema as s
from celery_lint.project.program import Place
from celery_lint.project.values import Literal, ParameterValue, Value
from celery_lint.project.view import FileView, within

if TYPE_CHECKING:
    from celery_lint.project.tasks import Task

__all__ = ["Option", "TaskOptions", "options_of"]

CHANGES = ("update", "pop", "popitem", "clear", "setdefault", "__setitem__")


class Option(Struct, frozen=True):
    """A keyword of a task decorator: what is given, and where it stands."""

    value: Value
    path: str
    call: int
    span: s.Span


class TaskOptions(Struct, frozen=True):
    """`is_complete` is False when a decorator spreads something that cannot be read."""

    found: dict[str, Option]
    is_complete: bool


def options_of(task: Task) -> TaskOptions:
    """The decorator's keyword options, its project wrappers' included; later ones win."""
    if not task.path:
        return TaskOptions({}, is_complete=False)
    reading = _Reading(task)
    calls = list(task.value.decorators)
    view = task.program.view(task.path)
    calls += [(view.path, e.index) for e in view.facts.scopes[task.value.scope].decorators if isinstance(e, s.CallRef)]
    for path, number in calls:
        reading.read(task.program.view(path), number)
    return TaskOptions(reading.found, reading.is_complete)


class _Reading:
    def __init__(self, task: Task) -> None:
        self.program = task.program
        self.evaluator = task.evaluator
        self.found: dict[str, Option] = {}
        self.is_complete = True

    def read(self, view: FileView, number: int) -> None:
        call = view.facts.calls[number]
        place = self.program.place_of_call(view.path, call)
        for keyword in call.keywords:
            if keyword.name:
                value = self._given(self.evaluator.value(keyword.value, place))
                self.found[keyword.name] = Option(value, view.path, number, keyword.span)
            else:
                self._spread(view, number, keyword, place)

    def _given(self, value: Value) -> Value:
        """A parameter of a wrapper that its caller may leave out has its default."""
        if isinstance(value, ParameterValue):
            record = self.program.view(value.path).facts.scopes[value.scope]
            default = next((p.default for p in record.parameters if p.name == value.name), None)
            if isinstance(default, s.Constant):
                return Literal(default.kind, default.value)
        return value

    def _spread(self, view: FileView, number: int, keyword: s.Keyword, place: Place) -> None:
        """`**OPTIONS` where OPTIONS is a dict display, `dict(…)`, or what a wrapper was itself given."""
        expr = keyword.value
        if isinstance(expr, s.Name):
            entries = self.evaluator.names.entries(expr.id, place)
            entry = entries[2][-1] if entries else None
            if entries is None or entry is None:
                self.is_complete = False
                return
            if entry.parameter >= 0:
                self._handed_on(entries[0], expr.id, entries[1])
                return
            if entry.binding is None:
                self.is_complete = False
                return
            view = entries[0]
            place = Place(view.path, entry.binding.scope, entry.binding.frame, entry.binding.order)
            expr = entry.binding.value or s.Other("")
        call = view.call(expr)
        if isinstance(expr, s.Mapping):
            for key, value, span in zip(expr.keys, expr.values, expr.spans, strict=True):
                if isinstance(key, s.Constant):
                    self.found[str(key.value)] = Option(self.evaluator.value(value, place), view.path, number, span)
                else:
                    self.is_complete = False
        elif call is not None and isinstance(call.func, s.Name) and call.func.id == "dict":
            for given in call.keywords:
                if given.name:
                    self.found[given.name] = Option(
                        self.evaluator.value(given.value, place), view.path, number, given.span
                    )
        else:
            self.is_complete = False

    def _handed_on(self, view: FileView, name: str, scope: int) -> None:
        """A wrapper's own `**kwargs` is what stands at the decorator, unless it is changed on the way."""
        scopes = view.facts.scopes
        changed = any(b.base == s.Name(name) and within(scopes, b.scope, scope) for b in view.facts.bindings)
        for method in CHANGES:
            for number in view.calls_by_name.get(method, ()):
                call = view.facts.calls[number]
                of_it = isinstance(call.func, s.Attribute) and call.func.base == s.Name(name)
                changed |= of_it and within(scopes, call.scope, scope)
        self.is_complete &= not changed
