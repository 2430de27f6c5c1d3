"""Groups and chords that are made of the rows of a query."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from celery_lint.facts import schema as s
from celery_lint.project.dispatch import names_in
from celery_lint.project.program import Place
from celery_lint.project.site import CallSite
from celery_lint.project.values import ClassValue, QuerySet
from celery_lint.project.view import FileView

if TYPE_CHECKING:
    from celery_lint.project.project import Project

__all__ = ["Fan", "fans"]

KINDS = ("group", "chord")
WHOLE = ("all", "iterator", "only", "defer", "order_by", "values", "values_list", "select_related", "prefetch_related")


class Fan(CallSite, frozen=True, dict=True):
    """A group or chord with one task for each row that a comprehension or a loop goes over."""

    kind: str
    rows: s.Expr
    there: Place

    @cached_property
    def model(self) -> str:
        value = self.project.evaluator.value(self.rows, self.there)
        assert isinstance(value, QuerySet)
        return self.project.evaluator.classes.name(value.model)

    @cached_property
    def takes_whole_table(self) -> bool:
        """Whether nothing narrows the query: `Order.objects.all()`, and what leaves the rows as they are."""
        expr, place = self.rows, self.there
        while True:
            expr, place = self.project.evaluator.names.followed(expr, place)
            call = self.project.program.view(place.path).call(expr)
            func = call.func if call is not None else expr
            if not isinstance(func, s.Attribute):
                return False
            if call is None or func.name not in WHOLE:
                return call is None and func.name in ("objects", "_default_manager", "_base_manager")
            expr = func.base

    @cached_property
    def is_guarded(self) -> bool:
        """Whether the function asks something of the rows, or of anything like them, before."""
        names = set(names_in(self.view, (self.rows,))) | self._names_of_rows
        for record in self.view.facts.frames:
            if record.kind == "if" and record.order < self.call.order and record.expr is not None:
                inside = self.view.function_of(record.scope) == self.view.function_of(self.call.scope)
                if inside and names.intersection(names_in(self.view, (record.expr,))):
                    return True
        return False

    @property
    def _names_of_rows(self) -> set[str]:
        """The variables of the function that hold the rows, or the signatures that are made of them."""
        scope = self.view.function_of(self.call.scope)
        return {binding.target for binding in self.view.facts.bindings if binding.scope == scope and not binding.base}


def fans(project: Project) -> Iterator[Fan]:
    """Each once, in the order of files."""
    canvases = project.canvases
    for path in canvases.paths:
        view = project.program.view(path)
        for kind in KINDS:
            names = dict.fromkeys((kind, *view.names_imported.get(kind, ())))
            for number in sorted(number for name in names for number in view.calls_by_name.get(name, ())):
                call = view.facts.calls[number]
                if canvases.builder(view, call) != kind or not call.args:
                    continue
                found = _rows(project, call.args[0], project.program.place_of_call(path, call))
                if found is not None:
                    yield Fan(project, path, number, kind, *found)


def _rows(project: Project, expr: s.Expr, place: Place) -> tuple[s.Expr, Place] | None:
    """What a comprehension goes over, if that is a query for rows of a model of the project."""
    shown, there = project.evaluator.names.followed(expr, place)
    view = project.program.view(there.path)
    if isinstance(shown, s.Display) and len(shown.items) == 1 and isinstance(shown.items[0], s.Spread):
        shown = shown.items[0].value
    if isinstance(shown, s.Spread):
        shown = shown.value
    call = view.call(shown)
    if call is not None and project.canvases.builder(view, call) == "group" and call.args:
        return _rows(project, call.args[0], there)
    if shown == s.Display("list", ()) and isinstance(expr, s.Name):
        frame = _filling(view, expr, place)
    else:
        frame = view.facts.frames[shown.frame] if isinstance(shown, s.Comprehension) else None
    if frame is None or frame.expr is None:
        return None
    inside = Place(there.path, there.scope, frame.parent, frame.order)
    value = project.evaluator.value(frame.expr, inside)
    return (frame.expr, inside) if isinstance(value, QuerySet) and isinstance(value.model, ClassValue) else None


def _filling(view: FileView, name: s.Name, place: Place) -> s.Frame | None:
    """The loop that alone appends to a list; None where anything else may."""
    found = set()
    for number in view.calls_by_scope.get(place.scope, ()):
        call = view.facts.calls[number]
        if isinstance(call.func, s.Attribute) and call.func.base == name:
            frames = [record for _, record in view.scope_frames(call.frame) if record.kind in ("loop", "if")]
            if call.func.name != "append" or len(frames) != 1 or frames[0].kind != "loop":
                return None
            found.add(frames[0])
    return found.pop() if len(found) == 1 else None
