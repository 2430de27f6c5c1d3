"""Handlers of exceptions: which ones stand around a place, what they catch, and whether they pass it on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from celery_lint.facts import schema as s
from celery_lint.finding import Location
from celery_lint.knowledge.celery import RETRY_BASES
from celery_lint.project.program import Place
from celery_lint.project.values import ClassValue, External, ExternalMethod, TaskValue, Value
from celery_lint.project.view import FileView, last_name

if TYPE_CHECKING:
    from celery_lint.project.project import Project

__all__ = ["Handler", "handlers_around"]


@dataclass(frozen=True)
class Handler:
    """An `except` of a `try`; `number` is its frame."""

    project: Project
    view: FileView
    number: int

    @property
    def frame(self) -> s.Frame:
        return self.view.facts.frames[self.number]

    @property
    def location(self) -> Location:
        """Its `except` line."""
        return self.project.program.location(self.view.path, self.frame.span)

    @cached_property
    def types(self) -> frozenset[str]:
        """The names of what it catches: "" for a class of the project's own, "?" for what cannot be told."""
        expr = self.frame.expr
        if expr is None:
            return frozenset({"builtins.BaseException"})
        frame = self.frame
        place = Place(self.view.path, frame.scope, frame.parent, frame.order)
        listed = expr.items if isinstance(expr, s.Display) else (expr,)
        return frozenset(self._name(self.project.evaluator.value(item, place)) for item in listed)

    def _name(self, value: Value) -> str:
        if isinstance(value, ExternalMethod) and isinstance(value.receiver, TaskValue):
            return f"celery.exceptions.{value.name}"
        if isinstance(value, External):
            return value.name
        return "" if isinstance(value, ClassValue) else "?"

    @property
    def catches_retry(self) -> bool:
        return not RETRY_BASES.isdisjoint(self.types)

    @cached_property
    def ends_quietly(self) -> bool:
        """Whether nothing in it raises, and no call in it may: it does not ask for another retry, and hands the
        exception to nobody who could raise it again."""
        facts = self.view.facts
        inside = {number for number, _ in enumerate(facts.frames) if self._holds(number)}
        if any(item.kind == "raise" and item.frame in inside for item in facts.returns):
            return False
        return not any(self._may_raise(call) for call in facts.calls if call.frame in inside)

    def _may_raise(self, call: s.Call) -> bool:
        name = last_name(call.func)
        return name in ("retry", "exit", "reraise", "replace") or "raise" in name

    def _holds(self, frame: int) -> bool:
        return any(number == self.number for number, _ in self.view.scope_frames(frame))


def handlers_around(project: Project, view: FileView, frame: int) -> Iterator[tuple[Handler, ...]]:
    """For each `try` whose body the frame is in, from the inside out, its handlers in order."""
    for number, record in view.scope_frames(frame):
        if record.kind == "try":
            of_it = [n for n, f in enumerate(view.facts.frames) if f.kind == "except" and f.of == number]
            yield tuple(Handler(project, view, n) for n in of_it)
