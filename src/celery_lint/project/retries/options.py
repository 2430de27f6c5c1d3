"""Options of task decorators that say for which exceptions a task is run again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from celery_lint.facts import schema as s
from celery_lint.finding import Applicability, Fix, Nomination, ReplaceText
from celery_lint.project.arguments.given import displayed
from celery_lint.project.bodies.options import Option
from celery_lint.project.values import ClassValue, External, Literal

if TYPE_CHECKING:
    from celery_lint.project.project import Project
    from celery_lint.project.tasks import Task

__all__ = ["AutoretryOption", "autoretry_options"]

EVERYTHING = frozenset({"builtins.Exception", "builtins.BaseException"})


@dataclass(frozen=True)
class AutoretryOption:
    """An `autoretry_for` that a decorator is given by that keyword."""

    project: Project
    task: Task
    option: Option
    keyword: s.Keyword

    @property
    def _call(self) -> s.Call:
        return self.project.program.view(self.option.path).facts.calls[self.option.call]

    @cached_property
    def items(self) -> tuple[s.Expr, ...]:
        """What the display that is given lists; nothing when it is no display."""
        place = self.project.program.place_of_call(self.option.path, self._call)
        shown, _ = displayed(self.project, self.keyword.value, place)
        return shown.items if isinstance(shown, s.Display) else ()

    @cached_property
    def written(self) -> str:
        text = self.project.text(self.project.program.location(self.option.path, self.option.span))
        return text.partition("=")[2].strip()

    @cached_property
    def is_class(self) -> bool:
        """Whether it certainly is one exception class and no collection of them: classes of other packages are known
        by their case."""
        value = self.option.value
        if isinstance(value, External):
            last = value.name.rpartition(".")[2]
            return last[:1].isupper() and not last.isupper()
        return isinstance(value, ClassValue)

    @cached_property
    def names_by_text(self) -> bool:
        """Whether it gives a string where a class belongs."""
        value = self.option.value
        if isinstance(value, Literal) and value.kind == "str":
            return True
        return any(isinstance(item, s.Constant) and item.kind == "str" for item in self.items)

    @cached_property
    def everything(self) -> str:
        """The class in it that almost every exception is one of, as Python calls it; empty for none."""
        place = self.project.program.place_of_call(self.option.path, self._call)
        values = [self.project.evaluator.value(item, place) for item in self.items]
        names = [value.name for value in values if isinstance(value, External) and value.name in EVERYTHING]
        return names[0].partition(".")[2] if names else ""

    @property
    def has_exceptions(self) -> bool:
        """Whether the task may say which exceptions are not worth another run."""
        return self.task.inherited_option("dont_autoretry_for") is not None or not self.task.has_known_options

    @property
    def in_tuple(self) -> Fix:
        inner = self.written
        if inner.startswith("(") and inner.endswith(")"):
            inner = inner[1:-1].strip()
        location = self.project.program.location(self.option.path, self.option.span)
        text = ReplaceText(location, f"autoretry_for=({inner},)")
        return Fix("put it in a tuple", Applicability.SAFE, (text,))

    def nominate(self, rule: str, values: dict[str, str], fix: Fix | None = None) -> Nomination:
        program = self.project.program
        location = program.location(self.option.path, self.option.span)
        statement = program.location(self.option.path, program.view(self.option.path).statement(self._call.statement))
        return Nomination(rule, location, statement, values, expect="assignment", fix=fix)


def autoretry_options(project: Project) -> Iterator[AutoretryOption]:
    """One for each place, in the order of tasks."""
    seen = set()
    for task in project.tasks.all:
        option = task.given.found.get("autoretry_for")
        if option is None or (option.path, option.span) in seen:
            continue
        seen.add((option.path, option.span))
        call = project.program.view(option.path).facts.calls[option.call]
        for keyword in call.keywords:
            if keyword.span == option.span:
                yield AutoretryOption(project, task, option, keyword)
