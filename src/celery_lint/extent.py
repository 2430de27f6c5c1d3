"""The entries of dicts, lists and tuples around a place, and those beside them: of a long literal only the entry that
a place is in has to do with it."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from msgspec import Struct

from celery_lint.finding import Location

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    _Part = ast.expr | ast.keyword

__all__ = ["Extent", "extent"]

_MAKERS_OF_DICTS = ("dict", "update")
"""Calls whose keywords are entries: `dict(a=1)`, `app.conf.update(a=1)`."""


_STARS = re.compile(r"\*\*\s*\Z")


class Extent(Struct, frozen=True):
    """The `entries` that a place is in, the outer first, and the `siblings` beside each of them."""

    entries: tuple[Location, ...] = ()
    siblings: tuple[Location, ...] = ()


def extent(tree: ast.AST, lines: Sequence[str], statement: Location, place: Location) -> Extent:
    """What of a statement has to do with a place in it; `lines` are those of the file that `tree` was made of."""
    entries: list[Location] = []
    siblings: list[Location] = []
    for node in _around(tree, place):
        regions = [_region(statement.path, lines, first, last) for first, last in _parts(node)]
        holding = [region for region in regions if _holds(region, place) and _holds(statement, region)]
        if holding:
            entries += holding
            siblings += (region for region in regions if region not in holding)
    return Extent(tuple(entries), tuple(siblings))


def _around(tree: ast.AST, place: Location) -> Iterator[ast.AST]:
    """The nodes on whose lines the place is, the outer first."""
    level = [tree]
    while level:
        level = [
            child
            for node in level
            for child in ast.iter_child_nodes(node)
            if (
                getattr(child, "lineno", place.line) <= place.line
                and (getattr(child, "end_lineno", None) or place.end_line) >= place.end_line
            )
            or getattr(child, "decorator_list", None)
        ]
        yield from level


def _parts(node: ast.AST) -> list[tuple[_Part, _Part]]:
    """The first and the last node of each entry."""
    if isinstance(node, ast.Dict):
        entries = zip(node.keys, node.values, strict=True)
        return [(value, value) if key is None else (key, value) for key, value in entries]
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return [(each, each) for each in node.elts]
    if isinstance(node, ast.Call) and _name(node.func) in _MAKERS_OF_DICTS:
        given: list[_Part] = [*node.args, *node.keywords]
        return [(each, each) for each in given]
    return []


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _region(path: str, lines: Sequence[str], first: _Part, last: _Part) -> Location:
    end_line, end_column = last.end_lineno or last.lineno, last.end_col_offset or last.col_offset
    column = _column(lines, first.lineno, first.col_offset)
    if stars := _STARS.search(lines[first.lineno - 1], 0, column - 1):
        column = stars.start() + 1
    return Location(path, first.lineno, column, end_line, _column(lines, end_line, end_column))


def _column(lines: Sequence[str], line: int, offset: int) -> int:
    """The column of an offset in UTF-8 bytes."""
    text = lines[line - 1]
    return offset + 1 if text.isascii() else len(text.encode()[:offset].decode("utf-8", "replace")) + 1


def _holds(outer: Location, inner: Location) -> bool:
    return (outer.line, outer.column) <= (inner.line, inner.column) and (inner.end_line, inner.end_column) <= (
        outer.end_line,
        outer.end_column,
    )
