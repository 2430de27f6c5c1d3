"""Calls of `retry` where no task runs: in what a request or a management command runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from celery_lint.finding import Nomination
from celery_lint.knowledge.celery import CURRENT_TASKS
from celery_lint.knowledge.django import COMMANDS
from celery_lint.project.bodies.ways import Way, state_of, way_to
from celery_lint.project.site import CallSite
from celery_lint.project.values import ClassValue, External

if TYPE_CHECKING:
    from celery_lint.project.project import Project

__all__ = ["StrayRetry", "stray_retries"]


class StrayRetry(CallSite, frozen=True, dict=True):
    """A call of a task's `retry`, or of that of the task that runs, on no known way from a task."""

    is_current: bool
    """Whether it asks for the task that runs (`current_task.retry()`), and not for one by name."""

    @cached_property
    def way(self) -> Way | None:
        """The way to it from a request or a command; None where there is none, or a task comes to it as well."""
        tasks = self.project.tasks.by_function
        scopes, scope = self.view.facts.scopes, self.call.scope
        while scope > 0:
            if (self.path, scope) in tasks:
                return None
            scope = scopes[scope].parent
        if self._way_from(lambda path, scope: (path, scope) in tasks) is not None:
            return None
        return self._way_from(self._is_entry)

    def _way_from(self, is_root: Callable[[str, int], bool]) -> Way | None:
        call = self.call
        return way_to(self.project, self.path, call.scope, call.frame, call.order, is_root)

    def _is_entry(self, path: str, scope: int) -> bool:
        view = self.project.program.view(path)
        cls = view.class_of(scope)
        if cls > 0 and view.facts.scopes[scope].name == "handle":
            return self.project.evaluator.classes.inherits(ClassValue(path, cls), COMMANDS)
        return self.project.entries.is_request(state_of(self.project, path, scope, None, frozenset()))

    @property
    def consequence(self) -> str:
        if self.is_current:
            return "it is None there, and AttributeError is raised"
        given = any(keyword.name == "exc" for keyword in self.call.keywords)
        return f"it raises {'that exception' if given else 'Retry'} and sends nothing"

    def report(self, rule: str, way: Way) -> Nomination:
        return self.nominate(rule, {"consequence": self.consequence}, trace=way.steps(self.project))


def stray_retries(project: Project) -> Iterator[StrayRetry]:
    """Every call of a task's `retry`, or of that of the task that runs, outside tests."""
    for retry in project.retries:
        yield StrayRetry(project, retry.path, retry.number, is_current=False)
    for path in project.sources.code_containing("current_task"):
        view = project.program.view(path)
        for number in view.calls_by_name.get("retry", ()):
            call = view.facts.calls[number]
            value = project.evaluator.value(call.func, project.program.place_of_call(path, call))
            if isinstance(value, External) and value.name in CURRENT_TASKS:
                yield StrayRetry(project, path, number, is_current=True)
