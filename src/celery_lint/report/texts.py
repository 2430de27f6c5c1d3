"""The files that a report speaks of: their lines, and columns in the units that formats count in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from celery_lint.source import lines_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from celery_lint.finding import Location

__all__ = ["Texts", "utf8_column", "utf16_column"]


class Texts:
    """The lines of files by their paths, each file read once; a file that cannot be read has none."""

    def __init__(self, read: Callable[[str], bytes]) -> None:
        self._read = read
        self._lines: dict[str, Sequence[str]] = {}

    def lines(self, path: str) -> Sequence[str]:
        if path not in self._lines:
            try:
                self._lines[path] = lines_of(self._read(path))
            except (OSError, KeyError, ValueError):
                self._lines[path] = ()
        return self._lines[path]

    def line(self, path: str, number: int) -> str:
        """A line by its number from 1, without its end; empty when there is no such line."""
        lines = self.lines(path)
        return lines[number - 1] if 1 <= number <= len(lines) else ""

    def region(self, place: Location) -> str:
        """The text of a region, its lines joined by LF."""
        lines = list(self.lines(place.path)[max(place.line - 1, 0) : place.end_line])
        if not lines:
            return ""
        lines[-1] = lines[-1][: place.end_column - 1]
        lines[0] = lines[0][place.column - 1 :]
        return "\n".join(lines)


def utf8_column(line: str, column: int) -> int:
    """The column, from 1, in bytes of UTF-8."""
    return column + sum(len(character.encode("utf-8", "replace")) - 1 for character in line[: column - 1])


def utf16_column(line: str, column: int) -> int:
    """The column, from 1, in units of UTF-16."""
    return column + sum(character > "\uffff" for character in line[: column - 1])
