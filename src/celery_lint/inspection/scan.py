"""A scanner that tells code from strings and comments: bracket depth, the colon of a header, comments.

It reads any text, well formed or not, and f-strings of every Python (quotes may nest since 3.12).
"""

from __future__ import annotations

import re

from msgspec import Struct

__all__ = ["Scan", "scan"]

_MARK = re.compile(r"""#[^\n]*|'''|\"\"\"|['"]|[()\[\]{}]|:=?|\blambda\b""")
_PLAIN = {
    "'": re.compile(r"\\.|'|\n", re.S),
    '"': re.compile(r'\\.|"|\n', re.S),
    "'''": re.compile(r"\\.|'''", re.S),
    '"""': re.compile(r'\\.|"""', re.S),
}
_FORMATTED = {
    quote: re.compile(r"\\N\{[^{}\n]*\}|\\[^{}]|\{\{|[{}]|" + quote + (r"|\n" if len(quote) == 1 else ""), re.S)
    for quote in _PLAIN
}
_PREFIX = frozenset("rRbBuUfFtT")


class Scan(Struct, frozen=True):
    """`depth` is the deepest bracket, `colon` the index behind a header's colon, `comments` index pairs."""

    depth: int
    colon: int | None
    comments: tuple[tuple[int, int], ...]


def scan(text: str, start: int = 0, end: int | None = None, *, header: bool = False) -> Scan:
    """Reads `text[start:end]`, from the start of a token; a `header` is read up to its colon only."""
    scanner = _Scanner(text, len(text) if end is None else end)
    scanner.code(start, header=header)
    return Scan(scanner.deepest, scanner.colon, tuple(scanner.comments))


class _Scanner:
    def __init__(self, text: str, end: int) -> None:
        self.text = text
        self.end = end
        self.depth = 0
        self.deepest = 0
        self.colon: int | None = None
        self.comments: list[tuple[int, int]] = []

    def code(self, index: int, *, header: bool = False, field: bool = False) -> int:
        """Reads code; a replacement field of an f-string ends behind its closing brace."""
        outer, lambdas = self.depth, 0
        while mark := _MARK.search(self.text, index, self.end):
            index, token = mark.end(), mark[0]
            level = self.depth - outer
            if token in "([{":
                self._open()
            elif token in ")]}":
                if level == 0 and field:
                    return index
                self.depth -= level > 0
            elif token[0] == "#":
                self.comments.append(mark.span())
            elif token[0] in "'\"":
                index = self._string(mark.start(), token)
            elif level:
                continue
            elif field:
                if token[0] == ":":
                    return self._specification(mark.start() + 1)
            elif token == "lambda":
                lambdas += 1
            elif token == ":":
                if lambdas:
                    lambdas -= 1
                elif header:
                    self.colon = index
                    return index
        return self.end

    def _open(self) -> None:
        self.depth += 1
        self.deepest = max(self.deepest, self.depth)

    def _string(self, start: int, quote: str) -> int:
        if self.text.startswith(quote * 2, start) and len(quote) == 1:
            return start + 2
        prefix = self._prefix(start)
        if "f" not in prefix and "t" not in prefix:
            pattern, index = _PLAIN[quote], start + len(quote)
            while mark := pattern.search(self.text, index, self.end):
                index = mark.end()
                if mark[0][0] != "\\":
                    return index
            return self.end
        return self._literal(_FORMATTED[quote], start + len(quote), raw="r" in prefix)

    def _literal(self, pattern: re.Pattern[str], index: int, *, raw: bool) -> int:
        while mark := pattern.search(self.text, index, self.end):
            index, token = mark.end(), mark[0]
            if token == "{" or (raw and token[:3] == "\\N{"):
                index = self._field(mark.start() + (1 if token == "{" else 3))
            elif token[0] not in "\\{}":
                return index
        return self.end

    def _field(self, index: int) -> int:
        self._open()
        index = self.code(index, field=True)
        self.depth -= 1
        return index

    _SPECIFICATION = re.compile(r"[{}]")

    def _specification(self, index: int) -> int:
        while mark := self._SPECIFICATION.search(self.text, index, self.end):
            if mark[0] == "}":
                return mark.end()
            index = self._field(mark.end())
        return self.end

    def _prefix(self, quote: int) -> str:
        start = quote
        while start > 0 and quote - start < 3 and self.text[start - 1] in _PREFIX:
            start -= 1
        before = self.text[start - 1 : start]
        return "" if before.isalnum() or before == "_" else self.text[start:quote].lower()
