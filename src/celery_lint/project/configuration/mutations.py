"""What becomes of a list or dict after it is made: items that are set, added and taken away."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from celery_lint.facts import schema as s
from celery_lint.project.conditions import guard
from celery_lint.project.configuration.data import Datum, Items, Scalar, State, Table
from celery_lint.project.program import Place
from celery_lint.project.view import FileView

if TYPE_CHECKING:
    from celery_lint.project.configuration.reading import Reader

__all__ = ["METHODS", "Mutation", "applied", "incomplete", "key_of", "mutations_of", "path_of"]

METHODS = frozenset({"append", "extend", "insert", "update", "setdefault", "remove", "pop", "clear"})


class Mutation(Struct, frozen=True):
    """`X["a"]["b"] = value` or `X["a"].update(…)`: `keys` lead to what is changed, None where one is not constant.

    `method` is "" for an assignment, whose last key is in `keys`.
    """

    keys: tuple[str | None, ...]
    method: str
    binding: s.Binding | None
    call: s.Call | None
    order: int
    frame: int


def mutations_of(view: FileView) -> dict[tuple[int, str], list[Mutation]]:
    """(scope, name) → its changes, in order."""
    found: dict[tuple[int, str], list[Mutation]] = {}
    for binding in view.facts.bindings:
        if binding.base is None or not binding.target.endswith("]") or binding.kind == "delete":
            continue
        root, keys = path_of(binding.base)
        if isinstance(root, s.Name):
            change = Mutation((*keys, key_of(binding)), "", binding, None, binding.order, binding.frame)
            found.setdefault((binding.scope, root.id), []).append(change)
    for call in view.facts.calls:
        if isinstance(call.func, s.Attribute) and call.func.name in METHODS:
            root, keys = path_of(call.func.base)
            if isinstance(root, s.Name):
                change = Mutation(keys, call.func.name, None, call, call.order, call.frame)
                found.setdefault((call.scope, root.id), []).append(change)
    for changes in found.values():
        changes.sort(key=lambda change: change.order)
    return found


def key_of(binding: s.Binding) -> str | None:
    """The last key of `x["a"]["b"] = …`; None where it is not constant."""
    return binding.target[:-2].rpartition("'")[2] if binding.target.endswith("']") else None


def path_of(expr: s.Expr) -> tuple[s.Expr, tuple[str | None, ...]]:
    """What stands left of the keys, and the keys that follow it."""
    keys: list[str | None] = []
    while isinstance(expr, s.Item):
        index = expr.index
        keys.append(index.value if isinstance(index, s.Constant) and isinstance(index.value, str) else None)
        expr = expr.base
    return expr, tuple(reversed(keys))


def applied(reader: Reader, view: FileView, datum: Datum, mutation: Mutation) -> Datum:
    """The list or dict after the change."""
    outer = mutation.keys if mutation.method else mutation.keys[:-1]

    def change(inner: Datum) -> Datum:
        if mutation.binding is not None:
            return item_set(reader, view, inner, mutation.binding, mutation.keys[-1])
        assert mutation.call is not None
        return changed_by(reader, view, inner, mutation.call, mutation.method)

    return inside(datum, outer, change)


def inside(datum: Datum, keys: tuple[str | None, ...], change: Callable[[Datum], Datum]) -> Datum:
    if not keys:
        return change(datum)
    if not isinstance(datum.content, Table) or keys[0] is None:
        return incomplete(datum)
    entries = tuple(
        (key, inside(value, keys[1:], change) if key.text == keys[0] else value) for key, value in datum.entries
    )
    return structs.replace(datum, content=Table(entries, datum.content.complete))


def incomplete(datum: Datum) -> Datum:
    if isinstance(datum.content, Items | Table):
        return structs.replace(datum, content=structs.replace(datum.content, complete=False))
    return datum


def item_set(reader: Reader, view: FileView, datum: Datum, binding: s.Binding, key: str | None) -> Datum:
    if not isinstance(datum.content, Table) or key is None:
        return incomplete(datum)
    statement = view.statement(binding.statement)
    place = Place(view.path, binding.scope, binding.frame, binding.order)
    value = reader.read(binding.value, place, binding.span, statement)
    value = structs.replace(value, path=view.path, span=binding.span, guard=guard(view, binding.frame))
    name = Datum(Scalar(key), State.KNOWN, view.path, binding.span, statement)
    return structs.replace(datum, content=Table((*datum.entries, (name, value)), datum.content.complete))


def changed_by(reader: Reader, view: FileView, datum: Datum, call: s.Call, method: str) -> Datum:
    statement = view.statement(call.statement)
    place = reader.program.place_of_call(view.path, call)
    around = guard(view, call.frame)

    def read(expr: s.Expr, span: s.Span = call.span) -> Datum:
        return structs.replace(reader.read(expr, place, span, statement), guard=around)

    content = datum.content
    if isinstance(content, Items) and call.args:
        if method in ("append", "insert"):
            return structs.replace(datum, content=structs.replace(content, items=(*content.items, read(call.args[-1]))))
        if method == "extend":
            more = read(call.args[0])
            items = (*content.items, *more.items)
            return structs.replace(datum, content=Items(content.kind, items, content.complete and more.is_complete))
    if isinstance(content, Table) and method == "update":
        entries, complete = list(content.entries), content.complete
        for arg in call.args:
            more = read(arg)
            entries += more.entries
            complete = complete and more.is_complete
        for keyword in call.keywords:
            more = read(keyword.value, keyword.span)
            if keyword.name is None:
                entries += more.entries
                complete = complete and more.is_complete
            else:
                key = Datum(Scalar(keyword.name), State.KNOWN, view.path, keyword.span, statement)
                entries.append((key, more))
        return structs.replace(datum, content=Table(tuple(entries), complete))
    if isinstance(content, Table) and method == "setdefault" and len(call.args) == 2:
        key = read(call.args[0])
        if key.text is not None and content.get(key.text) is None:
            return structs.replace(
                datum, content=Table((*content.entries, (key, read(call.args[1]))), content.complete)
            )
        return datum
    return incomplete(datum)
