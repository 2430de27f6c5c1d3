"""What a finding is known by when the lines around it move.

That is its rule, its file, the function and classes around it, the text of its statement and, among findings that are
alike in all of these, its number. There is no line, no column and no count in it: a finding that comes while another
goes is a new one.
"""

from __future__ import annotations

import ast
import hashlib
import re
from collections import Counter
from typing import TYPE_CHECKING

from msgspec import Struct

from celery_lint.extent import extent
from celery_lint.source import lines_of, parse_quietly

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from celery_lint.finding import Finding, Location

__all__ = ["Fingerprint", "fingerprints"]

_TOKEN = re.compile(
    r"""
    (?P<gap> \s+ | \\\n | \#[^\n]* )
    | [A-Za-z]{0,2} (?: \"{3}(?:\\.|[^\\])*?\"{3} | '{3}(?:\\.|[^\\])*?'{3} )
    | [A-Za-z]{0,2} (?: \"(?:\\.|[^\"\\\n])*\" | '(?:\\.|[^'\\\n])*' )
    | \w+
    | .
    """,
    re.DOTALL | re.VERBOSE,
)
_LONGEST = 120
_HEAD = 100


class Fingerprint(Struct, frozen=True, order=True):
    """What a finding is known by. `scope` is the qualified name of what is around its statement, "" for the module;
    `occurrence` counts from 1."""

    path: str
    code: str
    scope: str
    statement: str
    occurrence: int = 1

    @property
    def digest(self) -> str:
        """The fingerprint as 32 hexadecimal digits."""
        parts = (self.path, self.code, self.scope, self.statement, str(self.occurrence))
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def fingerprints(
    findings: Iterable[Finding], read: Callable[[str], bytes], name: Callable[[str], str] = lambda path: path
) -> dict[Finding, Fingerprint]:
    """The fingerprint of each finding; no two are the same.

    `read` gives the content of a file by the path in its findings, and `name` what the file is called in fingerprints.
    A file that cannot be read has statements without text.
    """
    outlines: dict[str, _Outline] = {}
    seen: Counter[Fingerprint] = Counter()
    found = {}
    for finding in sorted(findings, key=lambda finding: finding.sort_key):
        path = finding.location.path
        if path not in outlines:
            outlines[path] = _Outline(path, _content(path, read))
        outline = outlines[path]
        text = outline.line(finding.location) if finding.category == "tool" else outline.statement(finding)
        scope = outline.scope(finding.location.line)
        first = Fingerprint(_encodable(name(path)), finding.code, _encodable(scope), _encodable(_shortened(text)))
        seen[first] += 1
        found[finding] = Fingerprint(first.path, first.code, first.scope, first.statement, seen[first])
    return found


def _content(path: str, read: Callable[[str], bytes]) -> bytes:
    try:
        return read(path)
    except (OSError, KeyError):
        return b""


def _encodable(text: str) -> str:
    """The text with what UTF-8 has no bytes for spelt out, such as a file name in another encoding."""
    return text.encode("utf-8", "backslashreplace").decode()


def _shortened(text: str) -> str:
    if len(text) <= _LONGEST:
        return text
    return f"{text[:_HEAD]}… {hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:16]}"


class _Outline:
    """The lines of a file, and where its functions and classes begin and end."""

    def __init__(self, path: str, source: bytes) -> None:
        self.is_python = path.endswith(".py")
        self.lines = lines_of(source)
        self.tree = parse_quietly("\n".join(self.lines)) if self.is_python else None
        self.blocks = _blocks(self.tree) if self.tree is not None else []

    def scope(self, line: int) -> str:
        return ".".join(name for first, last, name in self.blocks if first <= line <= last)

    def line(self, place: Location) -> str:
        """The whole line, comments included, with runs of blanks as one."""
        text = self.lines[place.line - 1] if place.line <= len(self.lines) else ""
        return " ".join(text.split())

    def statement(self, finding: Finding) -> str:
        """The text of the statement without comments, layout and the commas that layout brings, and without what stands
        beside the finding in a dict or list: that may change."""
        place = finding.statement
        if self.tree is None:
            text = self.text(place.line, place.column, place.end_line, place.end_column)
            return _without_layout(text) if self.is_python else " ".join(text.split())
        pieces = []
        line, column = place.line, place.column
        for other in sorted(extent(self.tree, self.lines, place, finding.location).siblings):
            pieces.append(self.text(line, column, other.line, other.column))
            line, column = other.end_line, other.end_column
        pieces.append(self.text(line, column, place.end_line, place.end_column))
        return _without_layout(" ".join(pieces))

    def text(self, line: int, column: int, end_line: int, end_column: int) -> str:
        """The region as it is written."""
        lines = self.lines[line - 1 : end_line]
        if not lines:
            return ""
        if end_line <= len(self.lines):
            lines[-1] = lines[-1][: end_column - 1]
        lines[0] = lines[0][column - 1 :]
        return "\n".join(lines)


def _blocks(tree: ast.Module) -> list[tuple[int, int, str]]:
    """First line (that of a decorator), last line and name of every function and class, the outer before the inner."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            first = min((node.lineno, *(each.lineno for each in node.decorator_list)))
            found.append((first, node.end_lineno or node.lineno, node.name))
    return sorted(found, key=lambda block: (block[0], -block[1]))


def _without_layout(text: str) -> str:
    """The tokens, a blank only between words and after commas. It is the same on every version of Python, which what
    `tokenize` gives is not."""
    kept: list[str] = []
    for token in _TOKEN.finditer(text):
        if token["gap"] is not None:
            continue
        word = token.group()
        if word == "," and kept and kept[-1][-1] in "([{ ":
            continue
        if word in ")]}" and kept and kept[-1] == ", ":
            kept.pop()
        if kept and _is_wordy(kept[-1][-1]) and _is_wordy(word[0]):
            kept.append(" ")
        kept.append(", " if word == "," else word)
    return "".join(kept).rstrip()


def _is_wordy(character: str) -> bool:
    return character == "_" or character.isalnum()
