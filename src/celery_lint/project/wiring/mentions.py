"""Tasks that code names by a string: `send_task("…")`, `signature("…")`, `app.tasks["…"]`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from celery_lint.facts import schema as s
from celery_lint.finding import Nomination
from celery_lint.project.program import Place
from celery_lint.project.site import CallSite
from celery_lint.project.values import ExternalMethod, Literal, Signature
from celery_lint.project.view import FileView

if TYPE_CHECKING:
    from celery_lint.project.project import Project

__all__ = ["TaskMention", "task_mentions"]

LOOKUP = re.compile(rb"\.tasks\s*(?:\[|\.get\()")
SIGNATURES = ("signature", "subtask", "Signature", "maybe_signature")


class TaskMention(CallSite, frozen=True):
    """A call that names a task. `name` is what it says, `form` how: "send_task", "signature" or "tasks"."""

    name: str
    form: str

    @property
    def is_missing(self) -> bool:
        """Whether nothing registers a task by that name, certainly."""
        return self.project.task_names.lacks(self.name, self.path)

    def nominate_name(self, rule: str) -> Nomination:
        """At the call, with the name that is meant."""
        meant = self.project.task_names.meant(self.name)
        return self.nominate(rule, {"name": self.name, "meant": meant}, label="named here")


def task_mentions(project: Project) -> Iterator[TaskMention]:
    """Every such call outside tests, in the order of files and lines."""
    project.tasks.register_names()
    found = {}
    for path in project.sources.code_containing("send_task"):
        for each in _by_method(project, project.program.view(path), "send_task"):
            found[each.path, each.number] = each
    for path in project.sources.code_with_any(SIGNATURES):
        for each in _signatures(project, project.program.view(path)):
            found[each.path, each.number] = each
    for path in project.sources.code_matching(("tasks",), LOOKUP):
        for each in _lookups(project, project.program.view(path)):
            found[each.path, each.number] = each
    return iter([found[key] for key in sorted(found)])


def _text(project: Project, expr: s.Expr | None, place: Place) -> str | None:
    value = project.evaluator.value(expr, place) if expr is not None else None
    return value.value if isinstance(value, Literal) and isinstance(value.value, str) else None


def _by_method(project: Project, view: FileView, method: str) -> Iterator[TaskMention]:
    for number in view.calls_by_name.get(method, ()):
        call = view.facts.calls[number]
        place = project.program.place_of_call(view.path, call)
        callee = project.evaluator.value(call.func, place)
        name = _text(project, view.argument(call, 0, "name"), place)
        if name and isinstance(callee, ExternalMethod) and project.evaluator.results.is_app(callee.receiver):
            yield TaskMention(project, view.path, number, name, method)


def _signatures(project: Project, view: FileView) -> Iterator[TaskMention]:
    for word in SIGNATURES:
        for number in view.calls_by_name.get(word, ()):
            call = view.facts.calls[number]
            place = project.program.place_of_call(view.path, call)
            name = _text(project, view.argument(call, 0, "task"), place)
            if name and isinstance(project.evaluator.value(s.CallRef(number), place), Signature):
                yield TaskMention(project, view.path, number, name, "signature")


def _lookups(project: Project, view: FileView) -> Iterator[TaskMention]:
    """`app.tasks["shop.tasks.pay"].delay()`: the call that is made of what is looked up."""
    for number, call in enumerate(view.facts.calls):
        base: s.Expr | None = call.func
        while isinstance(base, s.Attribute):
            base = base.base
        if isinstance(base, s.Item) and isinstance(base.base, s.Attribute) and base.base.name == "tasks":
            place = project.program.place_of_call(view.path, call)
            name = _text(project, base.index, place)
            if name and project.evaluator.results.is_app(project.evaluator.value(base.base.base, place)):
                yield TaskMention(project, view.path, number, name, "tasks")
