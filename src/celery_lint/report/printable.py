"""Text from checked files made fit for a terminal: no control characters, columns of known width."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["Row", "printable"]

_TAB = 4
# C0 and C1 controls, line and paragraph separators, and the marks that turn the direction of text.
_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_REPLACEMENT = "\ufffd"


def printable(text: str) -> str:
    """The text on one line, with control characters replaced."""
    return _UNFIT.sub(lambda match: " " if match.group() in "\t\n\r" else _REPLACEMENT, text)


class Row:
    """One source line as it is shown; `columns[i]` is the screen column of its i-th code point, from 0."""

    def __init__(self, line: str) -> None:
        if line.isascii() and line.isprintable():
            self.text = line
            self.columns = list(range(len(line) + 1))
            return
        shown = []
        self.columns = [0]
        for character in line:
            at = self.columns[-1]
            if character == "\t":
                width = _TAB - at % _TAB
                shown.append(" " * width)
            else:
                fit = _REPLACEMENT if _UNFIT.match(character) else character
                width = _width(fit)
                shown.append(fit)
            self.columns.append(at + width)
        self.text = "".join(shown)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Screen columns of a region of 1-based code points, at least one wide."""
        last = len(self.columns) - 1
        left = self.columns[min(max(start - 1, 0), last)]
        right = self.columns[min(max(end - 1, 0), last)]
        return left, max(right, left + 1)

    @property
    def width(self) -> int:
        return self.columns[-1]

    def cut(self, left: int, right: int) -> str:
        """What stands between two screen columns; a wide character on the edge becomes spaces."""
        if self.width == len(self.text):
            return self.text[left:right]
        out = []
        at = 0
        for character in self.text:
            width = _width(character)
            if at >= left and at + width <= right:
                out.append(character)
            elif at < right and at + width > left:
                out.append(" " * (min(at + width, right) - max(at, left)))
            at += width
        return "".join(out)


def _width(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
