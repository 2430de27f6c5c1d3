"""Cuts one statement out of a file so that it can be parsed alone, at its own columns.

What precedes it on its line is blanked, a line such as `if 1:` above it carries its indentation, and of a
compound statement only the header is taken, with `pass` for a body.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from msgspec import Struct

from celery_lint.inspection.scan import scan
from celery_lint.source import parse_quietly

if TYPE_CHECKING:
    from collections.abc import Iterator

    from celery_lint.finding import Location
    from celery_lint.inspection.source import Position, SourceText, Span

__all__ = ["Cut", "DepthError", "cuts", "is_bearable"]

# CPython refuses more than 200 nested brackets; libcst ends the process somewhere above 1,000 (8 MB stack).
_DEEPEST = 200
# Operators, attribute chains and lambdas nest without brackets; libcst ends the process above 2,000.
_DEEPEST_TREE = 1000
_SURELY_SHALLOW = 2000
# In characters: a data table of this length holds no place that a rule speaks about.
_LONGEST = 1_000_000

_COMPOUND = re.compile(r"(?:async\s+)?(if|elif|for|while|with|def|class|except|match|case)\b|@")
_CLAUSE = re.compile(r"[ \t\f]*(elif|except|case)\b")
_DECORATOR = re.compile(r"[ \t\f]*@")


class DepthError(Exception):
    """The text nests deeper than libcst can take."""


class Cut(Struct, frozen=True):
    """A region of a file between two indices, and the lines that make it parse alone."""

    first_line: int
    start: int
    end: int
    above: str
    prefix: str
    body: str
    below: str

    @property
    def text(self) -> str:
        return self.wrap(self.body)

    @property
    def lines_above(self) -> int:
        return self.above.count("\n")

    def wrap(self, body: str) -> str:
        return f"{self.above}{self.prefix}{body}{self.below}\n"


def _whole(source: SourceText) -> Cut:
    """The file as one cut."""
    return Cut(1, 0, len(source.text), "", "", source.text, "")


def cuts(source: SourceText, location: Location, statement: Location | None) -> Iterator[Cut]:
    """Cuts that enclose `location`, the cheapest first; the last resort is the whole file."""
    start, end = (location.line, location.column), (location.end_line, location.end_column)
    begin, stop = source.offset(start), source.offset(end)
    if statement is not None:
        given: Span = (statement.line, statement.column, statement.end_line, statement.end_column)
        yield from _enclosing(source, given, begin, stop)
        clause = None
        if start < given[:2]:
            clause = _line_above(source, _DECORATOR, location.line, 1)
        elif location.line > statement.line:
            clause = _line_above(source, _CLAUSE, location.line, statement.line)
        if clause is not None:
            yield from _enclosing(source, clause + max(given[2:], end), begin, stop)
    innermost = source.statement_at(location)
    if innermost is not None:
        yield from _enclosing(source, innermost, begin, stop)
    yield _whole(source)


def _enclosing(source: SourceText, span: Span, begin: int, stop: int) -> Iterator[Cut]:
    for cut in _forms(source, span):
        if cut.start <= begin and stop <= cut.end:
            yield cut


def _line_above(source: SourceText, pattern: re.Pattern[str], line: int, floor: int) -> Position | None:
    for number in range(min(line, len(source.lines)), max(floor, 1) - 1, -1):
        if pattern.match(source.lines[number - 1]):
            return number, len(source.indentation(number)) + 1
    return None


def _forms(source: SourceText, span: Span) -> Iterator[Cut]:
    """The statement as a header and as a simple statement: `match` and `case` may begin either."""
    line, column = span[:2]
    if not source.has((line, column)):
        return
    head = source.lines[line - 1]
    while head[column - 1 : column].isspace():
        column += 1
    start, end = source.offset((line, column)), source.offset(span[2:])
    before = head[: column - 1]
    if "#" in before and scan(before).comments:
        return
    blank = before if not before.strip(" \t") else " " * len(before)
    above = "if 1:\n" if blank else ""
    if compound := _COMPOUND.match(source.text, start):
        keyword = compound[1]
        header = scan(source.text, start, end, header=True)
        if header.depth > _DEEPEST:
            raise DepthError
        if header.colon is not None:
            leader, below = above, " pass"
            if keyword == "elif":
                leader += f"{blank}if 1: pass\n"
            elif keyword == "except":
                leader += f"{blank}try: pass\n"
            elif keyword == "case":
                leader = "match 1:\n"
            elif keyword == "match":
                below = f"\n{blank} case _: pass"
            body = source.text[start : header.colon]
            yield Cut(line, start, header.colon, leader, blank, body, below)
            if keyword not in ("match", "case"):
                return
    yield Cut(line, start, end, above, blank, source.text[start:end], "")


def is_bearable(cut: Cut) -> bool:
    """Whether the text may be given to libcst; raises DepthError if it would not survive it."""
    text = cut.text
    if len(text) > _LONGEST:
        return False
    if scan(text).depth > _DEEPEST:
        raise DepthError
    if len(text) <= _SURELY_SHALLOW:
        return True
    tree = parse_quietly(text)
    if tree is None:
        return False
    if _height(tree) > _DEEPEST_TREE:
        raise DepthError
    return True


def _height(tree: ast.AST) -> int:
    height = 0
    level: list[ast.AST] = [tree]
    while level:
        height += 1
        level = [child for node in level for child in ast.iter_child_nodes(node)]
    return height
