"""Handlers of exceptions: which ones stand around a place, what they catch, and whether they pass it on."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from celery_lint.facts import schema as s
from celery_lint.finding import Location
from celery_lint.knowledge.celery import RETRY_BASES
from celery_lint.project.program import Place
from celery_lint.project.values import ClassValue, External, ExternalMethod, TaskValue, Value
from celery_lint.project.view import FileView, last_name

if TYPE_CHECKING:
    from celery_lint.project.project import Project

__all__ = ["Handler", "clauses_of", "handlers_around", "is_note"]


LOG_METHODS = frozenset({"critical", "debug", "error", "exception", "info", "log", "warn", "warning"})
NOTES = frozenset({"format", "format_exc", "getattr", "join", "len", "print", "print_exc", "repr", "str", "type"})


class Handler(Struct, frozen=True, dict=True):
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
    def caught_as(self) -> s.Name | None:
        """The name that the exception has in it."""
        names = (b.target for b in self.view.facts.bindings if b.kind == "except" and b.frame == self.number)
        return next((s.Name(name) for name in names), None)

    @cached_property
    def inside(self) -> frozenset[int]:
        """Its own frame, and those of the blocks in it."""
        return frozenset(number for number, _ in enumerate(self.view.facts.frames) if self._holds(number))

    @cached_property
    def calls(self) -> tuple[s.Call, ...]:
        """Those that it makes, functions and lambdas that are only defined in it aside."""
        return tuple(call for call in self.view.facts.calls if call.frame in self.inside)

    @cached_property
    def ends_quietly(self) -> bool:
        """Whether nothing in it raises, and no call in it may: it does not ask for another retry, and hands the
        exception to nobody who could raise it again."""
        if any(item.kind == "raise" and item.frame in self.inside for item in self.view.facts.returns):
            return False
        return not any(self._may_raise(call) for call in self.calls)

    @cached_property
    def leaves(self) -> bool:
        """Whether it returns, or breaks out of the loop that its `try` is in."""
        facts = self.view.facts
        if any(item.kind == "return" and item.frame in self.inside for item in facts.returns):
            return True
        return any(item.frame in self.inside for item in facts.breaks)

    @property
    def only_notes(self) -> bool:
        """Whether it does nothing but write to logs or the terminal."""
        facts = self.view.facts
        named = (b for b in facts.bindings if b.frame in self.inside and b.kind != "except")
        return all(is_note(call) for call in self.calls) and not any(named)

    def _may_raise(self, call: s.Call) -> bool:
        name = last_name(call.func)
        return name in ("retry", "exit", "reraise", "replace") or "raise" in name

    def _holds(self, frame: int) -> bool:
        return any(number == self.number for number, _ in self.view.scope_frames(frame))


def handlers_around(project: Project, view: FileView, frame: int) -> Iterator[tuple[Handler, ...]]:
    """For each `try` whose body the frame is in, from the inside out, its handlers in order."""
    for number, record in view.scope_frames(frame):
        if record.kind == "try":
            yield clauses_of(project, view, number)


def clauses_of(project: Project, view: FileView, body: int) -> tuple[Handler, ...]:
    """The handlers of a `try`, in order; `body` is its frame."""
    of_it = [n for n, frame in enumerate(view.facts.frames) if frame.kind == "except" and frame.of == body]
    return tuple(Handler(project, view, number) for number in of_it)


def is_note(call: s.Call) -> bool:
    """Whether a call writes to a log, or makes the text for it."""
    name = last_name(call.func)
    if isinstance(call.func, s.Attribute) and name in LOG_METHODS:
        base = call.func.base
        return "log" in last_name(base).lower() if isinstance(base, s.Name | s.Attribute) else True
    return name in NOTES
