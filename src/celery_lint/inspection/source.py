"""The text of a file, its lines and its abstract tree, in the positions that findings use.

A position is a pair (line, column), both 1-based, columns in code points; a byte order mark is not a column.
"""

from __future__ import annotations

import ast
import codecs
import io
import re
import tokenize
from bisect import bisect_right
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING

from celery_lint.source import parse_quietly

if TYPE_CHECKING:
    from collections.abc import Iterable

    from celery_lint.finding import Edit, Location

__all__ = ["DecodingError", "Position", "SourceText", "Span", "decode"]

Position = tuple[int, int]
Span = tuple[int, int, int, int]

_NEWLINE = re.compile(r"\r\n?|\n")


class DecodingError(Exception):
    """The bytes are not text in the encoding that they declare."""


class SourceText:
    """One decoded file. `text` has every newline as `\\n`; `newline` is how the file spells it.

    Raises DecodingError if the bytes do not decode.
    """

    def __init__(self, path: str, data: bytes) -> None:
        self.path = path
        self.is_python = path.endswith((".py", ".pyi", ".pyw"))
        text, self.encoding = decode(data, cookie=self.is_python)
        first = _NEWLINE.search(text)
        self.newline = first[0] if first else "\n"
        self.text = _NEWLINE.sub("\n", text) if "\r" in text else text
        self.lines = self.text.split("\n")

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *accumulate(len(line) + 1 for line in self.lines)]

    @property
    def end(self) -> Position:
        return len(self.lines), len(self.lines[-1]) + 1

    def has(self, position: Position) -> bool:
        """Whether the position is in the file, the ends of lines included."""
        line, column = position
        return 1 <= line <= len(self.lines) and 1 <= column <= len(self.lines[line - 1]) + 1

    def offset(self, position: Position) -> int:
        """The index into `text`; positions outside the file are moved to its nearest end."""
        line, column = position
        if line > len(self.lines):
            return len(self.text)
        return max(0, min(self._starts[max(line, 1) - 1] + column - 1, len(self.text)))

    def position_at(self, offset: int) -> Position:
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def slice(self, span: Span) -> str:
        return self.text[self.offset(span[:2]) : self.offset(span[2:])]

    def splice(self, edits: Iterable[Edit], start: int = 0, end: int | None = None) -> str:
        """`text[start:end]` with the edits, which are sorted, apart and inside it, made."""
        parts: list[str] = []
        for edit in edits:
            parts += self.text[start : self.offset((edit.start_line, edit.start_column))], edit.text
            start = self.offset((edit.end_line, edit.end_column))
        return "".join(parts) + self.text[start:end]

    def insertion(self, line: int, text: str) -> tuple[Span, str]:
        """Where lines are put below `line`, and their text: it ends a last line that has no newline."""
        if line < len(self.lines):
            return (line + 1, 1, line + 1, 1), text
        return self.end + self.end, f"\n{text}" if self.lines[-1] else text

    def encodes(self, text: str) -> bool:
        try:
            text.encode(self.encoding)
        except UnicodeEncodeError:
            return False
        return True

    @cached_property
    def tree(self) -> ast.Module | None:
        """The abstract tree, or None if this Python cannot parse the file."""
        return parse_quietly(self.text)

    def position(self, line: int, utf8_column: int) -> Position:
        """The position of an `ast` line and column (UTF-8 bytes, 0-based)."""
        text = self.lines[line - 1]
        if not text.isascii():
            utf8_column = len(text.encode("utf-8", "surrogatepass")[:utf8_column].decode("utf-8", "replace"))
        return line, utf8_column + 1

    def span(self, node: ast.expr | ast.stmt | ast.alias | ast.excepthandler) -> Span:
        """The region of a node of `tree`."""
        end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
        return self.position(node.lineno, node.col_offset) + self.position(end_line, end_column)

    def indentation(self, line: int) -> str:
        text = self.lines[line - 1]
        return text[: len(text) - len(text.lstrip())]

    def statement_at(self, location: Location) -> Span | None:
        """The innermost statement, `except` clause or `case` around a region, decorators included."""
        if self.tree is None:
            return None
        start, end = (location.line, location.column), (location.end_line, location.end_column)
        found: Span | None = None
        block: list[ast.AST] = list(self.tree.body)
        while block:
            inner: list[ast.AST] = []
            for node in block:
                span = self._extent(node)
                if span[:2] <= start and end <= span[2:]:
                    found = span
                    for part in ("body", "handlers", "cases", "orelse", "finalbody"):
                        inner += getattr(node, part, ())
                    break
            block = inner
        return found

    def _extent(self, node: ast.AST) -> Span:
        if isinstance(node, ast.match_case):
            first, last = node.pattern.lineno, node.body[-1]
            return (first, len(self.indentation(first)) + 1, *self.span(last)[2:])
        assert isinstance(node, ast.stmt | ast.excepthandler)
        span = self.span(node)
        if decorators := getattr(node, "decorator_list", None):
            first = decorators[0].lineno
            return (first, len(self.indentation(first)) + 1, *span[2:])
        return span


def decode(data: bytes, *, cookie: bool) -> tuple[str, str]:
    """The text without its byte order mark, and the encoding (as PEP 263 says, for Python); raises DecodingError."""
    try:
        if cookie:
            encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        else:
            encoding = "utf-8-sig" if data.startswith(codecs.BOM_UTF8) else "utf-8"
        text = data.decode(encoding)
    except (SyntaxError, LookupError, ValueError) as error:
        raise DecodingError(str(error)) from error
    return text, "utf-8" if encoding == "utf-8-sig" else encoding
