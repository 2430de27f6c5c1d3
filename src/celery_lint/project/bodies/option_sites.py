"""The places where tasks are given their options."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from celery_lint.facts import schema as s
from celery_lint.finding import Fix, Location, Nomination
from celery_lint.project.bodies.options import Option
from celery_lint.project.program import Place
from celery_lint.project.values import Value
from celery_lint.project.view import FileView

if TYPE_CHECKING:
    from celery_lint.project.project import Project
    from celery_lint.project.tasks import Task

__all__ = ["OptionSite", "option_sites"]


class OptionSite(Struct, frozen=True):
    """An option of a task where it is written: in a decorator, or in a dict that is spread there."""

    project: Project
    task: Task
    name: str
    option: Option

    @property
    def view(self) -> FileView:
        return self.project.program.view(self.option.path)

    @property
    def call(self) -> s.Call:
        """The decorator."""
        return self.view.facts.calls[self.option.call]

    @property
    def place(self) -> Place:
        return self.project.program.place_of_call(self.option.path, self.call)

    @property
    def location(self) -> Location:
        return self.project.program.location(self.option.path, self.option.span)

    @property
    def keyword(self) -> s.Keyword | None:
        """The argument of the decorator that it is; None for an entry of a dict."""
        return next((keyword for keyword in self.call.keywords if keyword.span == self.option.span), None)

    def value_of(self, expr: s.Expr) -> Value:
        """What an expression stands for at the decorator."""
        return self.project.evaluator.value(expr, self.place)

    def nominate(self, rule: str, values: Mapping[str, str], fix: Fix | None = None) -> Nomination:
        """A nomination at the option."""
        statement = self.project.program.location(self.option.path, self.view.statement(self.call.statement))
        return Nomination(rule, self.location, statement, dict(values), expect="assignment", fix=fix)


def option_sites(project: Project, name: str | None = None) -> Iterator[OptionSite]:
    """One for each place that gives a task an option of that name, or any option, in the order of tasks."""
    seen = set()
    for task in project.tasks.all:
        found = task.given.found
        for key in found if name is None else (name,) if name in found else ():
            option = found[key]
            if (option.path, option.span) not in seen:
                seen.add((option.path, option.span))
                yield OptionSite(project, task, key, option)
