"""Rate limits of tasks, read as Celery reads them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from celery_lint.finding import Nomination
from celery_lint.project.bodies.options import Option
from celery_lint.project.values import Literal

if TYPE_CHECKING:
    from celery_lint.project.project import Project

__all__ = ["RateLimit", "rate_limits"]

UNITS = ("s", "m", "h")


@dataclass(frozen=True)
class RateLimit:
    """A `rate_limit` of a task decorator that is a string."""

    project: Project
    text: str
    option: Option

    @property
    def error(self) -> str:
        """What Celery raises when a worker starts; empty when it takes the limit. The text is split at the first
        slash, and nothing is stripped from the unit, as in `celery.utils.time.rate`."""
        number, _, unit = self.text.partition("/")
        if not self.text:
            return ""
        if unit and unit not in UNITS:
            return f"KeyError: {unit!r}"
        try:
            float(number)
        except ValueError as error:
            return f"ValueError: {error}"
        return ""

    def nominate(self, rule: str) -> Nomination:
        program = self.project.program
        view = program.view(self.option.path)
        call = view.facts.calls[self.option.call]
        location = program.location(self.option.path, self.option.span)
        statement = program.location(self.option.path, view.statement(call.statement))
        values = {"limit": self.text, "error": self.error}
        return Nomination(rule, location, statement, values, expect="assignment")


def rate_limits(project: Project) -> Iterator[RateLimit]:
    """One for each place, in the order of tasks."""
    seen = set()
    for task in project.tasks.all:
        option = task.given.found.get("rate_limit")
        if option is None or (option.path, option.span) in seen:
            continue
        seen.add((option.path, option.span))
        value = option.value
        if isinstance(value, Literal) and isinstance(value.value, str):
            yield RateLimit(project, value.value, option)
