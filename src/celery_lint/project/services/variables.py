"""Variables in command lines: what is known of them, and `${NAME:-default}` where it is written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from celery_lint.project.services.text import UNKNOWN, PlacedText

__all__ = ["expand", "interpolate"]

NAME = re.compile(r"[A-Za-z_]\w*")
BRACED = re.compile(r"(?P<name>[A-Za-z_]\w*)(?P<operator>:?[-=])(?P<default>.*)", re.DOTALL)
DEPTH = 8
"""Defaults within defaults that are followed."""

Lookup = Callable[[str], str | None]


def expand(inside: str, lookup: Lookup, depth: int = DEPTH) -> str:
    """The value of `${inside}` where it is known or has a default, else `UNKNOWN`."""
    if NAME.fullmatch(inside):
        return _or_unknown(lookup(inside))
    match = BRACED.fullmatch(inside)
    if match is None or depth == 0:
        return UNKNOWN
    value = lookup(match["name"])
    if value is not None and (value or not match["operator"].startswith(":")):
        return value
    default = match["default"]
    if len(default) >= 2 and default[0] == default[-1] and default[0] in "\"'":
        default = default[1:-1]
    return _replaced(default, lookup, depth - 1)


def interpolate(text: PlacedText, known: Mapping[str, str]) -> PlacedText:
    """A value of a compose file with its variables put in; `$$` is a plain dollar."""
    pieces = [(start, end, value) for start, end, value in _uses(text.text, known.get, DEPTH)]
    return text.replaced(pieces) if pieces else text


def closing_brace(text: str, start: int) -> int:
    """Where the brace closes that was opened before `start`; -1 when it does not."""
    depth = 1
    for at in range(start, len(text)):
        if text.startswith("${", at - 1) and text[at] == "{":
            depth += 1
        elif text[at] == "}":
            depth -= 1
            if depth == 0:
                return at
    return -1


def _uses(text: str, lookup: Lookup, depth: int) -> Iterator[tuple[int, int, str]]:
    at = text.find("$")
    while at >= 0:
        end = at + 1
        if text.startswith("$$", at):
            end = at + 2
            yield at, end, "$"
        elif text.startswith("${", at):
            close = closing_brace(text, at + 2)
            if close < 0:
                return
            end = close + 1
            yield at, end, expand(text[at + 2 : close], lookup, depth)
        elif match := NAME.match(text, at + 1):
            end = match.end()
            yield at, end, _or_unknown(lookup(match.group()))
        at = text.find("$", end)


def _replaced(text: str, lookup: Lookup, depth: int) -> str:
    out = []
    at = 0
    for start, end, value in _uses(text, lookup, depth):
        out += [text[at:start], value]
        at = end
    return "".join((*out, text[at:]))


def _or_unknown(value: str | None) -> str:
    return UNKNOWN if value is None else value
