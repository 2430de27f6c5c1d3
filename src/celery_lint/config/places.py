"""Where in a TOML text each key and value stands, for messages that point at it.

The text has been read by `tomllib` already, so it is valid; this only finds places again.
"""

from __future__ import annotations

import re

from msgspec import Struct

__all__ = ["Path", "Place", "Places", "locate"]

Path = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_INLINE_BLANK = re.compile(r"[ \t]*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"""+' r"|'''.*?'''+" r'|"(?:[^"\\\n]|\\.)*"' r"|'[^'\n]*'",
    re.DOTALL,
)
_SCALAR = re.compile(r"[^,\]}\n#]*")


class Place(Struct, frozen=True):
    """A stretch of one line; 1-based, in code points."""

    line: int
    column: int
    width: int


class Places(Struct, frozen=True):
    """Places of keys and of values by their path: `("tool", "celery-lint", "select", 0)`."""

    keys: dict[Path, Place]
    values: dict[Path, Place]

    def of(self, path: Path) -> Place | None:
        """The place of the value, else of its key, else of the nearest thing around it."""
        while path:
            place = self.values.get(path) or self.keys.get(path)
            if place is not None:
                return place
            path = path[:-1]
        return None


class _Reader:
    """Walks a valid TOML text once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.places = Places({}, {})
        self.tables: dict[Path, int] = {}

    def read(self) -> Places:
        table: Path = ()
        while True:
            self.skip(_BLANK)
            if self.at >= len(self.text):
                return self.places
            if self.text[self.at] == "[":
                table = self.header()
            else:
                self.pair(table)

    def skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self.text, self.at)
        if match is not None:
            self.at = match.end()

    def place(self, start: int, end: int) -> Place:
        line_start = self.text.rfind("\n", 0, start) + 1
        stop = self.text.find("\n", start)
        stop = len(self.text) if stop < 0 else stop
        line = self.text.count("\n", 0, start) + 1
        return Place(line, start - line_start + 1, max(1, min(end, stop) - start))

    def header(self) -> Path:
        repeated = self.text.startswith("[[", self.at)
        self.at += 2 if repeated else 1
        path = self.key(())
        self.skip(_INLINE_BLANK)
        self.at += 2 if repeated else 1
        if repeated:
            number = self.tables[path] = self.tables.get(path, -1) + 1
            path = (*path, number)
        return path

    def key(self, table: Path) -> Path:
        path = table
        while True:
            self.skip(_INLINE_BLANK)
            start = self.at
            match = _STRING.match(self.text, self.at) or _BARE_KEY.match(self.text, self.at)
            if match is None:
                raise ValueError(f"no TOML key at {start}")
            self.at = match.end()
            path = (*path, _unquoted(match.group()))
            self.places.keys.setdefault(path, self.place(start, self.at))
            self.skip(_INLINE_BLANK)
            if not self.text.startswith(".", self.at):
                return path
            self.at += 1

    def pair(self, table: Path) -> None:
        path = self.key(table)
        self.at += 1  # the equals sign
        self.skip(_INLINE_BLANK)
        self.value(path)

    def value(self, path: Path) -> None:
        start = self.at
        opening = self.text[start : start + 1]
        if opening == "[":
            self.members(path, "]")
        elif opening == "{":
            self.members(path, "}")
        else:
            match = _STRING.match(self.text, start) or _SCALAR.match(self.text, start)
            self.at = match.end() if match is not None else start + 1
        end = start + len(self.text[start : self.at].rstrip())
        self.places.values[path] = self.place(start, end)

    def members(self, path: Path, closing: str) -> None:
        self.at += 1
        index = 0
        while True:
            self.skip(_BLANK)
            if self.at >= len(self.text) or self.text[self.at] == closing:
                self.at += 1
                return
            if self.text[self.at] == ",":
                self.at += 1
            elif closing == "]":
                self.value((*path, index))
                index += 1
            else:
                self.pair(path)


def _unquoted(key: str) -> str:
    return key[1:-1].replace('\\"', '"').replace("\\\\", "\\") if key[0] in "\"'" else key


def locate(text: str) -> Places:
    """The places of every key and value of a valid TOML text; what cannot be found again is left out."""
    reader = _Reader(text.replace("\r\n", "\n"))
    try:
        return reader.read()
    except (ValueError, IndexError):
        return reader.places
