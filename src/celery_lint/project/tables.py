"""Functions that are kept in a variable, a list or a dict, and the calls of what is taken out of it."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from celery_lint.facts import schema as s
from celery_lint.project.view import FileView, last_name, within

__all__ = ["Entry", "Tables"]

LOOKUPS = ("get", "pop")


class Entry(Struct, frozen=True):
    """Something named that is given to a variable, by itself or in a table.

    `path` leads to it from an item of a list, or from a value of a dict: (1,) for the functions in
    `[("create", on_create), …]`. It is None where there is no table.
    """

    binding: s.Binding
    expr: s.Expr
    path: tuple[int, ...] | None

    @property
    def holder(self) -> str:
        """The last identifier of what holds it: `HANDLERS`, also for `self.HANDLERS`."""
        return self.binding.target.rpartition(".")[2]

    def is_seen_in(self, view: FileView, scope: int) -> bool:
        """Whether its holder can be meant by its name there; one that is an attribute goes with its object."""
        own = self.binding.scope
        return (
            self.binding.base is not None
            or view.facts.scopes[own].kind in ("module", "class")
            or within(view.facts.scopes, scope, own)
        )


class Tables:
    """The tables of each file are looked for once."""

    def __init__(self) -> None:
        self._entries: dict[str, dict[str, list[Entry]]] = {}

    def calls(self, view: FileView, name: str) -> Iterator[tuple[int, Entry]]:
        """The calls that may run something of that name because a variable or table of the same file holds it:
        `run(…)`, `TABLE[key](…)`, `TABLE.get(key)(…)`, by a variable in between, or in a loop over the table."""
        for entry in self._of(view).get(name, ()):
            for number in dict.fromkeys((*directly(view, entry), *by_variables(view, entry))):
                yield number, entry

    def _of(self, view: FileView) -> dict[str, list[Entry]]:
        """Last identifier → where it stands in the variables and tables of a file."""
        found = self._entries.get(view.path)
        if found is None:
            found = self._entries[view.path] = {}
            for binding in view.facts.bindings:
                for expr, path in held_by(binding):
                    if name := last_name(expr):
                        found.setdefault(name, []).append(Entry(binding, expr, path))
        return found


def held_by(binding: s.Binding) -> Iterator[tuple[s.Expr, tuple[int, ...] | None]]:
    """What a variable holds, and the way to it; in a loop over a list that has no name, one item after the other."""
    if binding.kind in ("assign", "annotated", "walrus") and not binding.path:
        yield from held(binding.value)
    elif binding.kind in ("loop", "comprehension") and isinstance(binding.value, s.Display):
        yield from ((expr, None) for expr, path in held(binding.value) if path == binding.path)


def held(value: s.Expr | None) -> Iterator[tuple[s.Expr, tuple[int, ...] | None]]:
    """What a value holds, and the way to it: itself, or the items or values of a table and what stands in those that
    are tuples."""
    if isinstance(value, s.Choice):
        yield from ((option, None) for option in value.options)
    elif isinstance(value, s.Mapping | s.Display):
        for each in value.values if isinstance(value, s.Mapping) else value.items:
            if isinstance(each, s.Display):
                yield from ((inner, (number,)) for number, inner in enumerate(each.items))
            else:
                yield each, ()
    elif value is not None:
        yield value, None


def directly(view: FileView, entry: Entry) -> Iterator[int]:
    """The calls of what holds it, or of what is looked up there."""
    for number, call in enumerate(view.facts.calls):
        found = call.func == s.Name(entry.holder) if entry.path is None else is_looked_up(view, call.func, entry, ())
        if found and entry.is_seen_in(view, call.scope):
            yield number


def by_variables(view: FileView, entry: Entry) -> Iterator[int]:
    """The calls of variables that are given what is in the table, one item after the other or by its key."""
    for binding in view.facts.bindings:
        if entry.path is not None and takes_out(view, binding, entry) and entry.is_seen_in(view, binding.scope):
            for number in view.calls_by_name.get(binding.target, ()):
                call = view.facts.calls[number]
                if call.func == s.Name(binding.target) and call.scope == binding.scope:
                    yield number


def takes_out(view: FileView, binding: s.Binding, entry: Entry) -> bool:
    """Whether a variable is given what may be the entry of a table."""
    if binding.base is not None or binding.value is None or entry.path is None:
        return False
    if binding.kind not in ("loop", "comprehension"):
        return is_looked_up(view, binding.value, entry, binding.path)
    call = view.call(binding.value)
    if call is None:
        return binding.path == entry.path and is_held_by(binding.value, entry)
    if not isinstance(call.func, s.Attribute) or not is_held_by(call.func.base, entry):
        return False
    return binding.path == {"items": (1, *entry.path), "values": entry.path}.get(call.func.name)


def is_looked_up(view: FileView, expr: s.Expr, entry: Entry, path: tuple[int, ...]) -> bool:
    """`TABLE[key]` or `TABLE.get(key)`, of which the path is taken."""
    call = view.call(expr)
    if call is not None and isinstance(call.func, s.Attribute) and call.func.name in LOOKUPS:
        expr = s.Item(call.func.base, s.Other("key"))
    return path == entry.path and isinstance(expr, s.Item) and is_held_by(expr.base, entry)


def is_held_by(expr: s.Expr, entry: Entry) -> bool:
    """The holder by its name, or as an attribute of `self` or of a class."""
    return last_name(expr) == entry.holder
