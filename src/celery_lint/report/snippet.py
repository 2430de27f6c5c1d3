"""Source lines with the spans of a finding drawn below them."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from msgspec import Struct

from celery_lint.report.printable import Row, printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from celery_lint.report.palette import Palette

__all__ = ["Mark", "clipped", "line_numbers", "snippet"]

_WIDTH = 120
_CONTEXT = 20
_WHOLE = 8  # A primary span of more lines is shown by its first and last ones.
_HEAD, _TAIL = 4, 2


class Mark(Struct, frozen=True):
    """A span and what is said about it. Only a primary span is drawn over several lines."""

    line: int
    column: int
    end_line: int
    end_column: int
    label: str
    primary: bool


def clipped(row: Row, around: int) -> tuple[str, int]:
    """The row cut to the width of the output, with `around` in sight, and how far its columns moved left."""
    if row.width <= _WIDTH:
        return row.text.rstrip(), 0
    left = max(0, min(around - _CONTEXT, row.width - _WIDTH)) if around > _WIDTH - _CONTEXT else 0
    right = left + _WIDTH
    before, after = "…" if left else "", "…" if right < row.width else ""
    return before + row.cut(left, right) + after, left - len(before)


def line_numbers(marks: Sequence[Mark], last: int) -> list[int]:
    """The numbers of the lines that a snippet shows, of a file with `last` lines."""
    numbers: set[int] = set()
    for mark in marks:
        if not mark.primary or mark.end_line <= mark.line:
            numbers.add(mark.line)
        elif mark.end_line - mark.line < _WHOLE:
            numbers.update(range(mark.line, mark.end_line + 1))
        else:
            numbers.update(range(mark.line, mark.line + _HEAD))
            numbers.update(range(mark.end_line - _TAIL + 1, mark.end_line + 1))
    shown = sorted(number for number in numbers if 1 <= number <= last)
    gaps = {a + 1 for a, b in itertools.pairwise(shown) if b == a + 2}
    return sorted({*shown, *gaps})


def snippet(lines: Sequence[str], marks: Sequence[Mark], gutter: int, palette: Palette) -> Iterator[str]:
    """The marked lines of one file in their order; `gutter` is the width of the line numbers."""
    tall = next((mark for mark in marks if mark.primary and mark.end_line > mark.line), None)
    flat = [mark for mark in marks if mark is not tall]
    edge = palette.margin("|")
    blank = f"{' ' * gutter} {edge} "
    previous = 0
    for number in line_numbers(marks, len(lines)):
        inside = tall is not None and tall.line < number <= tall.end_line
        if previous and number > previous + 1:
            yield palette.margin("...") + (" " * gutter + _bar(tall, palette) if inside else "")
        previous = number
        row = Row(lines[number - 1])
        here = sorted((mark for mark in flat if mark.line == number), key=lambda mark: (not mark.primary, mark.column))
        spans = [row.span(mark.column, _end_column(mark, lines[number - 1])) for mark in here]
        text, moved = clipped(row, min((left for left, _ in spans), default=0))
        lead = _lead(tall, number, palette)
        yield f"{palette.margin(str(number).rjust(gutter))} {edge} {lead}{text}".rstrip()
        below = _bar(tall, palette) + " " if tall is not None and tall.line <= number < tall.end_line else lead
        for mark, (left, right) in zip(here, spans, strict=True):
            yield blank + below + _underlined(mark, left - moved, right - moved, palette)
        if tall is not None and number == tall.end_line:
            _, right = row.span(tall.end_column, tall.end_column)
            foot = "|" + "_" * max(1, right - 1 - moved) + "^" + _spaced(tall.label)
            yield blank + palette.primary(foot)


def _end_column(mark: Mark, line: str) -> int:
    return mark.end_column if mark.end_line == mark.line else len(line) + 1


def _lead(tall: Mark | None, number: int, palette: Palette) -> str:
    """What stands left of a line when the primary span covers several."""
    if tall is None:
        return ""
    if number == tall.line:
        return palette.primary("/") + " "
    return _bar(tall, palette) + " " if tall.line < number <= tall.end_line else "  "


def _bar(tall: Mark | None, palette: Palette) -> str:
    return palette.primary("|") if tall is not None else ""


def _underlined(mark: Mark, left: int, right: int, palette: Palette) -> str:
    left, right = max(0, min(left, _WIDTH + 1)), max(1, min(right, _WIDTH + 2))
    paint = palette.primary if mark.primary else palette.secondary
    line = ("^" if mark.primary else "-") * max(1, right - left)
    return " " * left + paint(line + _spaced(mark.label))


def _spaced(label: str) -> str:
    return f" {printable(label)}" if label else ""
