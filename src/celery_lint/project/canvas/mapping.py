"""`map` and `starmap`: one task, called with each item in turn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from celery_lint.facts import schema as s
from celery_lint.finding import Applicability, Fix, Nomination, RenameMethod
from celery_lint.project.program import Place
from celery_lint.project.site import CallSite
from celery_lint.project.sources import attribute
from celery_lint.project.tasks import Task
from celery_lint.project.values import ExternalMethod, Literal, TaskValue

if TYPE_CHECKING:
    from celery_lint.project.project import Project

__all__ = ["BadMap", "bad_maps"]

OTHER = {"map": "starmap", "starmap": "map"}
MAPPING = attribute(*OTHER)


class BadMap(CallSite, frozen=True):
    """A `map` whose task needs more than one argument, or a `starmap` over what cannot be unpacked.

    `is_clear` says whether the items show that the other one was meant."""

    task: Task
    is_clear: bool

    def nominate_method(self, rule: str) -> Nomination:
        passed = "each item as one argument" if self.method == "map" else "each item unpacked"
        values = {"task": self.task.name, "method": self.method, "passed": passed}
        other = OTHER[self.method]
        fix = (
            Fix(f"call `{other}`", Applicability.SAFE, (RenameMethod(self.location, other),)) if self.is_clear else None
        )
        return self.nominate(rule, values, fix=fix)


def bad_maps(project: Project) -> Iterator[BadMap]:
    """In the order of files; those whose task and items are known."""
    for path in project.sources.code_matching(OTHER, MAPPING):
        view = project.program.view(path)
        numbers = (number for method in OTHER for number in view.calls_by_name.get(method, ()))
        for number in sorted(numbers):
            call = view.facts.calls[number]
            if not isinstance(call.func, s.Attribute):
                continue
            place = project.program.place_of_call(path, call)
            callee = project.evaluator.value(call.func, place)
            if not isinstance(callee, ExternalMethod) or not isinstance(callee.receiver, TaskValue):
                continue
            task = project.tasks.of(callee.receiver)
            if len(call.args) != 1 or not callee.receiver.is_certain or task.signature is None:
                continue
            sizes = sizes_of(project, call.args[0], place)
            needed = len(task.signature.required)
            if callee.name == "map" and needed > 1:
                fits = sizes is not None and all(needed <= size for size in sizes)
                yield BadMap(project, path, number, task, fits)
            elif callee.name == "starmap" and sizes is not None and sizes == {-1}:
                yield BadMap(project, path, number, task, needed <= 1)


def sizes_of(project: Project, expr: s.Expr, place: Place) -> set[int] | None:
    """How many arguments each item would be when it is unpacked, -1 for what cannot be; None when that is not known."""
    shown, there = project.evaluator.names.followed(expr, place)
    if isinstance(shown, s.Comprehension):
        items: tuple[s.Expr, ...] = (shown.element,)
    elif isinstance(shown, s.Display) and shown.items:
        items = shown.items
    else:
        return None
    sizes = set()
    for item in items:
        if isinstance(item, s.Display) and not any(isinstance(part, s.Spread) for part in item.items):
            sizes.add(len(item.items))
            continue
        value = project.evaluator.value(item, there)
        if not isinstance(value, Literal) or not isinstance(value.value, int | float):
            return None
        sizes.add(-1)
    return sizes
