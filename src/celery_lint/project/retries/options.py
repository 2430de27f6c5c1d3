"""Options of task decorators that say for which exceptions a task is run again."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from celery_lint.facts import schema as s
from celery_lint.finding import Applicability, Fix, ReplaceText, SetKeyword
from celery_lint.knowledge.celery import EVERY_EXCEPTION
from celery_lint.knowledge.network import is_network_error
from celery_lint.project.arguments.given import displayed
from celery_lint.project.bodies.option_sites import OptionSite, option_sites
from celery_lint.project.retries.network import asks_host
from celery_lint.project.retries.pace import autoretry_delay, number, presses, seconds
from celery_lint.project.values import ClassValue, External, Literal

if TYPE_CHECKING:
    from celery_lint.project.project import Project
    from celery_lint.project.tasks import Task

__all__ = ["AutoretryOption", "autoretry_of", "autoretry_options"]


class AutoretryOption(OptionSite, frozen=True, dict=True):
    """An `autoretry_for` that a decorator is given by that keyword."""

    @cached_property
    def items(self) -> tuple[s.Expr, ...]:
        """What the display that is given lists; nothing when it is no display."""
        keyword = self.keyword
        if keyword is None:
            return ()
        shown, _ = displayed(self.project, keyword.value, self.place)
        return shown.items if isinstance(shown, s.Display) else ()

    @cached_property
    def written(self) -> str:
        return self.project.text(self.location).partition("=")[2].strip()

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
        found = sorted(self.names & EVERY_EXCEPTION)
        return found[0].partition(".")[2] if found else ""

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of the exceptions of Python and other packages in it."""
        values = (self.value_of(item) for item in self.items)
        return frozenset(value.name for value in values if isinstance(value, External))

    @property
    def retries_everything(self) -> bool:
        """Whether almost every exception certainly asks for another run, and gets it."""
        never = number(self.task.inherited_option("max_retries")) == 0
        return bool(self.everything) and not self.has_exceptions and not never

    @property
    def has_exceptions(self) -> bool:
        """Whether the task may say which exceptions are not worth another run."""
        return self.task.inherited_option("dont_autoretry_for") is not None or not self.task.has_known_options

    @cached_property
    def asks_hosts(self) -> bool:
        """Whether what is tried again is certainly something that asks another host."""
        if any(is_network_error(name) for name in self.names):
            return True
        body = self.task.body
        return body is not None and any(asks_host(call.callee) for call in body.calls())

    @cached_property
    def steady_delay(self) -> str:
        """How long each new attempt waits, when that is the same each time and too short; else empty."""
        delay = autoretry_delay(self.task)
        return seconds(delay) if delay is not None and presses(self.task, delay) else ""

    @property
    def growing(self) -> Fix | None:
        """The fix that lets the delay grow: None where the decorator stands elsewhere."""
        if self.option.path != self.task.path:
            return None
        decorator = self.project.program.location(self.option.path, self.call.span)
        return Fix("wait longer each time", Applicability.UNSAFE, (SetKeyword(decorator, "retry_backoff", "True"),))

    @property
    def in_tuple(self) -> Fix:
        inner = self.written
        if inner.startswith("(") and inner.endswith(")"):
            inner = inner[1:-1].strip()
        text = ReplaceText(self.location, f"autoretry_for=({inner},)")
        return Fix("put it in a tuple", Applicability.SAFE, (text,))


def autoretry_of(project: Project, task: Task) -> AutoretryOption | None:
    """That of a task, wherever it stands: in its decorator or in what a function of the project makes one of."""
    option = task.given.found.get("autoretry_for")
    found = AutoretryOption(project, task, "autoretry_for", option) if option is not None else None
    return found if found is not None and found.keyword is not None else None


def autoretry_options(project: Project) -> Iterator[AutoretryOption]:
    """One for each place, in the order of tasks."""
    for site in option_sites(project, "autoretry_for"):
        if site.keyword is not None:
            yield AutoretryOption(project, site.task, site.name, site.option)
