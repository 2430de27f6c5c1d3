"""What a name stands for where it is used: scopes, imports, and which assignments can have reached it."""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from celery_lint.facts.schema import Expr, Import, Name, Span
from celery_lint.project.program import END, Place, Program
from celery_lint.project.values import (
    UNKNOWN,
    External,
    Instance,
    Literal,
    ModuleValue,
    Rows,
    Value,
    is_certain,
    one_of_several,
)
from celery_lint.project.view import Definition, FileView

if TYPE_CHECKING:
    from celery_lint.project.evaluate import Evaluator

__all__ = ["Names", "join"]

BUILTINS = frozenset(dir(builtins))
TRANSPARENT = ("with", "finally")
"""Frames whose body always runs when what is around it does."""


class Names:
    def __init__(self, program: Program, evaluator: Evaluator) -> None:
        self.program = program
        self.evaluator = evaluator

    def value(self, name: str, place: Place) -> Value:
        found = self.entries(name, place)
        if found is not None:
            view, scope, entries = found
            return join(self.evaluator.define(view, scope, entry) for entry in entries)
        view = self.program.view(place.path)
        for item in view.star_imports:
            value = self.imported(view, item, name)
            if value != UNKNOWN:
                return value
        return External(f"builtins.{name}") if name in BUILTINS else UNKNOWN

    def entries(self, name: str, place: Place) -> tuple[FileView, int, list[Definition]] | None:
        """The definitions that can have reached the place, and the scope they are in."""
        view = self.program.view(place.path)
        scopes = view.facts.scopes
        scope, frame, order = place.scope, place.frame, place.order
        while scope >= 0:
            record = scopes[scope]
            if record.kind != "class" or scope == place.scope:
                defined = [
                    entry
                    for entry in view.definitions.get((scope, name), ())
                    if entry.binding is None or is_visible(view, entry.frame, frame)
                ]
                if defined:
                    return view, scope, reaching(view, defined, frame, order)
            scope, frame, order = record.parent, record.outer, END
        return None

    def followed(self, expr: Expr, place: Place) -> tuple[Expr, Place]:
        """What a variable certainly holds, as it is written, and where; any other expression as it is."""
        found = self.entries(expr.id, place) if isinstance(expr, Name) else None
        if found is None or len(found[2]) != 1 or found[2][0].binding is None:
            return expr, place
        view, binding = found[0], found[2][0].binding
        if binding.kind not in ("assign", "annotated", "walrus") or binding.path or binding.value is None:
            return expr, place
        if isinstance(binding.value, Name):
            return expr, place
        return binding.value, Place(view.path, binding.scope, binding.frame, binding.order)

    def member(self, path: str, name: str) -> Value:
        """A module's attribute once it is imported."""
        view = self.program.view(path)
        defined = view.definitions.get((0, name))
        if defined:
            entries = reaching(view, defined, 0, END)
            value = join(self.evaluator.define(view, 0, entry) for entry in entries)
            if value != UNKNOWN or not self.program.sources.is_package(path):
                return value
        for item in view.star_imports:
            value = self.imported(view, item, name)
            if value != UNKNOWN:
                return value
        if self.program.sources.is_package(path):
            submodule = self.program.sources.relative_module(path, 1, name)
            if submodule is not None:
                return ModuleValue(submodule)
        return UNKNOWN

    def imported(self, view: FileView, item: Import, name: str | None = None) -> Value:
        """What an import binds; `name` is looked for in a star import."""
        sources = self.program.sources
        wanted = name or item.name
        if wanted is None:
            module = item.module if item.alias else item.module.partition(".")[0]
            path = sources.find_module(module, view.path)
            return ModuleValue(path) if path else External(module)
        if item.level:
            path = sources.relative_module(view.path, item.level, item.module)
            if path is not None:
                return self.evaluator.member(path, wanted)
            path = sources.relative_module(view.path, item.level, f"{item.module}.{wanted}".lstrip("."))
            return ModuleValue(path) if path else UNKNOWN
        path = sources.find_module(item.module, view.path)
        if path is not None:
            return self.evaluator.member(path, wanted)
        path = sources.find_module(f"{item.module}.{wanted}", view.path)
        if path is not None:
            return ModuleValue(path)
        return UNKNOWN if name else External(f"{item.module}.{wanted}")


def reaching(view: FileView, defined: Sequence[Definition], frame: int, order: int) -> list[Definition]:
    """The definitions whose value can still be there: going back from the use to the first that always ran."""
    if len(defined) == 1:
        return list(defined)
    frames = view.facts.frames
    around = [number for number, _ in view.frames_up(frame)]
    branches = {
        (frames[number].parent, frames[number].span): frames[number].branch
        for number in around
        if frames[number].kind in ("if", "match")
    }
    loops = [number for number in around if frames[number].kind == "loop"]
    found: list[Definition] = []
    carried: list[Definition] = []
    for entry in reversed(defined):
        home = certain_frame(view, entry.frame)
        if entry.order >= order:
            if order != END and any(loop in (n for n, _ in view.frames_up(entry.frame)) for loop in loops):
                carried.append(entry)
            continue
        if excluded(view, entry, branches, around, order):
            continue
        found.append(entry)
        if home in around:
            inner = {number for number, _ in view.frames_up(home)}
            if not inner.isdisjoint(loops):
                carried = []  # each round of the loop gives the name its value anew
            break
    found += carried
    return found or [entry for entry in defined if entry.order < order] or list(defined)


def is_visible(view: FileView, home: int, frame: int) -> bool:
    """Whether a variable of a comprehension is used inside of it; any other is seen everywhere."""
    while view.facts.frames[home].kind in TRANSPARENT or view.facts.frames[home].kind == "argument":
        home = view.facts.frames[home].parent
    if view.facts.frames[home].kind != "comprehension":
        return True
    return any(number == home for number, _ in view.frames_up(frame))


def certain_frame(view: FileView, frame: int) -> int:
    """The outermost frame that is left through this one without a choice."""
    frames = view.facts.frames
    while frames[frame].kind in TRANSPARENT:
        frame = frames[frame].parent
    return frame


def excluded(
    view: FileView, entry: Definition, branches: dict[tuple[int, Span], int], around: list[int], order: int
) -> bool:
    """Whether the definition stands in the other branch of an if around the use, or in one that is left."""
    for number, frame in view.frames_up(entry.frame):
        if number in around:
            break
        if frame.kind in ("if", "match"):
            branch = branches.get((frame.parent, frame.span))
            if branch is not None and branch != frame.branch:
                return True
        leaves = view.exits.get(number)
        if leaves is not None and entry.order < leaves < order:
            return True
    return False


def join(values: Iterable[Value]) -> Value:
    """The one value they all are; None is left out, for what may be None is used as what else it may be."""
    found: Value | None = None
    for value in values:
        if value == UNKNOWN:
            return UNKNOWN
        if isinstance(value, Literal) and value.kind == "NoneType":
            continue
        if found is None or found == value:
            found = value if found is None or not is_certain(value) else found
        elif isinstance(found, Instance) and isinstance(value, Instance) and found.cls == value.cls:
            found = Instance(found.cls, exact=False)
        elif isinstance(found, Rows) and isinstance(value, Rows) and found.element == value.element:
            found = Rows(found.element)
        elif not alike(found, value):
            return UNKNOWN
        else:
            found = one_of_several(found)
    return UNKNOWN if found is None else found


def alike(one: Value, other: Value) -> bool:
    """Different values that mean the same to every rule: two tasks, two signatures."""
    kind = type(one).__name__
    return kind == type(other).__name__ and kind in ("TaskValue", "Signature", "TaskMethod", "TaskDecorator")
