"""Queries with `select_for_update` in tasks."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from celery_lint.facts import schema as s
from celery_lint.knowledge import django
from celery_lint.project.site import CallSite
from celery_lint.project.values import Manager, QuerySet

if TYPE_CHECKING:
    from celery_lint.project.project import Project

__all__ = ["LockingQuery", "locking_queries"]

EVALUATES = django.INSTANCE_METHODS | {"count", "exists", "iterator", "in_bulk", "get_or_create"} - {
    "create",
    "acreate",
}


class LockingQuery(CallSite, frozen=True, dict=True):
    """One call of `select_for_update`; `evaluated_by` is what evaluates it."""

    @cached_property
    def evaluated_by(self) -> str:
        """What evaluates the query where it is built: `get`, `first`, "loop", or "" when nothing does here."""
        number, call = self.number, self.call
        while call.use == "receiver":
            outer = next(
                (
                    (index, other)
                    for index, other in enumerate(self.view.facts.calls)
                    if isinstance(other.func, s.Attribute) and other.func.base == s.CallRef(number)
                ),
                None,
            )
            if outer is None or not isinstance(outer[1].func, s.Attribute):
                return ""
            number, call = outer
            name = outer[1].func.name
            if name in EVALUATES:
                return name
        return "loop" if call.use == "iterated" else ""

    @property
    def is_evaluated(self) -> bool:
        return bool(self.evaluated_by)

    @cached_property
    def runs_without_transaction(self) -> bool:
        """Whether it stands in a task, or in what only tasks call, with no transaction around any of that."""
        return self._bare(self.path, self.call.frame, self.call.order, 0)

    def _bare(self, path: str, frame: int, order: int, depth: int) -> bool:
        around = self.project.transactions.around(path, frame, order)
        if around.kind != "function" or depth > 4:
            return False
        state = self.project.reach.state(path, around.scope)
        uses = self.project.callers.uses(state)
        if self.project.entries.is_task(state):
            return not uses
        return bool(uses) and all(
            use.kind == "called" and self._bare(use.path, use.frame, use.order, depth + 1) for use in uses
        )


def locking_queries(project: Project) -> tuple[LockingQuery, ...]:
    found = []
    for path in project.sources.code_containing("select_for_update"):
        view = project.program.view(path)
        for number in view.calls_by_name.get("select_for_update", ()):
            call = view.facts.calls[number]
            if isinstance(call.func, s.Attribute):
                value = project.evaluator.value(call.func.base, project.program.place_of_call(path, call))
                if isinstance(value, Manager | QuerySet):
                    found.append(LockingQuery(project, path, number))
    return tuple(found)
