"""Arguments, parameters and entries between brackets: where one goes in, or comes out, in the layout that is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Sequence

    from celery_lint.inspection.source import Position, SourceText, Span

__all__ = ["Item", "Listing"]


class Item(Struct, frozen=True):
    """One part: from `start` to `end`, and to `behind` with its comma, if it has one.

    `name` is what it is called by (`countdown`), or its stars, or empty; `key` is where that stands. `value` is
    the region of what follows.
    """

    start: Position
    end: Position
    behind: Position
    name: str = ""
    key: Span | None = None
    value: Span | None = None


class Listing(Struct, frozen=True):
    """The parts between two brackets; `inside` is behind the opening one."""

    inside: Position
    items: tuple[Item, ...]

    def named(self, name: str) -> int | None:
        """The number of the item of that name."""
        return next((number for number, item in enumerate(self.items) if item.name == name), None)

    def insertion(self, source: SourceText, texts: Sequence[str], number: int) -> list[tuple[Span, str]]:
        """What puts items before the one of that number, or behind the last: on lines of their own where that is."""
        if not self.items:
            return [(self.inside + self.inside, ", ".join(texts))]
        if number < len(self.items):
            place = self.items[number].start
            if _opens_line(source, place):
                start = (place[0], 1)
                indentation = source.indentation(place[0])
                return [(start + start, "".join(f"{indentation}{text},\n" for text in texts))]
            return [(place + place, "".join(f"{text}, " for text in texts))]
        last = self.items[-1]
        at_end = last.end + last.end
        if not _opens_line(source, last.start):
            return [(at_end, "".join(f", {text}" for text in texts))]
        indentation = source.indentation(last.start[0])
        if not _closes_line(source, last.behind):
            return [(at_end, "".join(f",\n{indentation}{text}" for text in texts))]
        below = (last.behind[0] + 1, 1)
        lines = (below + below, "".join(f"{indentation}{text},\n" for text in texts))
        return [lines] if last.behind != last.end else [(at_end, ","), lines]

    def removal(self, source: SourceText, number: int) -> Span:
        """The region of an item with its comma, and its lines if they hold nothing else."""
        item = self.items[number]
        if _opens_line(source, item.start) and _closes_line(source, item.behind):
            return (item.start[0], 1, item.behind[0] + 1, 1)
        if number + 1 < len(self.items):
            return item.start + self.items[number + 1].start
        return (self.items[number - 1].end if number else item.start) + (item.end if number else item.behind)


def _opens_line(source: SourceText, position: Position) -> bool:
    return not source.lines[position[0] - 1][: position[1] - 1].strip()


def _closes_line(source: SourceText, position: Position) -> bool:
    rest = source.lines[position[0] - 1][position[1] - 1 :].strip()
    return not rest or rest.startswith("#")
