"""A call as rules see it: where it stands, what its parts stand for, and what is said about it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from celery_lint.facts import schema as s
from celery_lint.finding import Fix, Location, Nomination, Severity, Step
from celery_lint.project.program import Place
from celery_lint.project.values import Value
from celery_lint.project.view import FileView

if TYPE_CHECKING:
    from celery_lint.project.project import Project

__all__ = ["CallSite"]


class CallSite(Struct, frozen=True, dict=True):
    """A call, by its file and the number it has among the calls there."""

    project: Project
    path: str
    number: int

    @property
    def view(self) -> FileView:
        return self.project.program.view(self.path)

    @property
    def call(self) -> s.Call:
        return self.view.facts.calls[self.number]

    @cached_property
    def place(self) -> Place:
        return self.project.program.place_of_call(self.path, self.call)

    @property
    def location(self) -> Location:
        return self.project.program.location(self.path, self.call.span)

    @property
    def statement(self) -> Location:
        return self.project.program.location(self.path, self.view.statement(self.call.statement))

    @property
    def method(self) -> str:
        """The name behind the dot of what is called; "" for a plain name."""
        return self.call.func.name if isinstance(self.call.func, s.Attribute) else ""

    def value_of(self, expr: s.Expr | None) -> Value:
        """What an expression stands for where the call is."""
        return self.project.evaluator.value(expr, self.place)

    def nominate(
        self,
        rule: str,
        values: Mapping[str, str] | None = None,
        *,
        label: str = "",
        trace: tuple[Step, ...] = (),
        fix: Fix | None = None,
        severity: Severity | None = None,
    ) -> Nomination:
        """A nomination at the call."""
        return Nomination(
            rule,
            self.location,
            self.statement,
            dict(values or {}),
            label=label,
            trace=trace,
            fix=fix,
            severity=severity,
        )
