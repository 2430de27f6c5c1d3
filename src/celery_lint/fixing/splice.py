"""Edits put into the bytes of a file, and where its places are afterwards."""

from __future__ import annotations

import ast
import codecs
import re
import warnings
from bisect import bisect_right
from typing import TYPE_CHECKING

from celery_lint.inspection.source import decode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from celery_lint.finding import Edit

__all__ = ["Splice", "SpliceError", "compiles", "overlap"]

_NEWLINE = re.compile(r"\r\n?|\n")


class SpliceError(Exception):
    """The edits cannot be made; says why."""


class _Text:
    """Decoded bytes as they are, newlines included."""

    def __init__(self, path: str, data: bytes) -> None:
        self.mark = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
        self.text, self.encoding = decode(data, cookie=path.endswith((".py", ".pyi", ".pyw")))
        self.starts = [0, *(newline.end() for newline in _NEWLINE.finditer(self.text))]

    @property
    def data(self) -> bytes:
        return self.mark + self.text.encode(self.encoding)

    def offset(self, line: int, column: int) -> int:
        start = self.starts[min(line, len(self.starts)) - 1]
        return min(start + column - 1, len(self.text))


class Splice:
    """One file before and after some edits; raises SpliceError or DecodingError.

    Bytes outside the edits stay as they are, the byte order mark included.
    """

    def __init__(self, path: str, data: bytes, edits: Sequence[Edit]) -> None:
        self._before = _Text(path, data)
        if self._before.data != data:
            raise SpliceError(f"it cannot be written in {self._before.encoding} as it was")
        self._edits = [
            (
                self._before.offset(edit.start_line, edit.start_column),
                self._before.offset(edit.end_line, edit.end_column),
                edit.text,
            )
            for edit in sorted(edits)
        ]
        parts: list[str] = []
        at = 0
        for start, end, text in self._edits:
            parts += self._before.text[at:start], text
            at = end
        after = "".join(parts) + self._before.text[at:]
        try:
            self.data = self._before.mark + after.encode(self._before.encoding)
        except UnicodeEncodeError:
            raise SpliceError(f"the new text cannot be written in {self._before.encoding}") from None
        self._starts = [0, *(newline.end() for newline in _NEWLINE.finditer(after))]

    def moved(self, line: int, column: int) -> tuple[tuple[int, int], tuple[int, int]]:
        """Where a place is afterwards: before and behind what was put there."""
        place = self._before.offset(line, column)
        first = last = place
        for start, end, text in self._edits:
            grown = len(text) - (end - start)
            if end < place or (end == place and start < end):
                first += grown
                last += grown
            elif start <= place:
                first += start - place
                last += start - place + len(text)
                break
        return self._position(first), self._position(last)

    def _position(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1


def overlap(one: Edit, other: Edit) -> bool:
    """Whether the edits cannot both be made: they touch, and are not one and the same."""
    if one.path != other.path or one == other:
        return False
    first, second = sorted((one, other))
    return (first.end_line, first.end_column) >= (second.start_line, second.start_column)


def compiles(data: bytes) -> bool:
    """Whether this Python takes the bytes for a module."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(ast.parse(data), "module", "exec", dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True
