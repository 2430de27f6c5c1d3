"""Comments that silence findings, written where they silence and change nothing else."""

from __future__ import annotations

import ast
import re
from codecs import BOM_UTF8
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from celery_lint.inspection.source import DecodingError, SourceText, parse_quietly
from celery_lint.suppress import Suppressions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from celery_lint.finding import Finding, Location

__all__ = ["Annotation", "annotate"]

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")
_END = re.compile(r"[\r\n]*\Z")


@dataclass(frozen=True, slots=True)
class Annotation:
    """The content of a file with `added` comments more; `left` are the findings that no comment can silence."""

    content: bytes
    added: int
    left: tuple[Finding, ...]


def annotate(path: str, content: bytes, findings: Sequence[Finding], reason: str = "") -> Annotation:
    """Silence findings of one file, each statement by one comment: on a line of its own above, or, where such a line
    would be part of a string or end a continued line, at the end of one of the statement's lines.

    A comment is kept only if the code means the same with it and the findings are silenced by it.
    """
    read = _text(path, content)
    if read is None:
        return Annotation(content, 0, tuple(findings))
    text, encoding = read
    added, left = 0, []
    ordered = sorted(findings, key=lambda finding: (finding.statement, finding.sort_key), reverse=True)
    for statement, group in groupby(ordered, key=lambda finding: finding.statement):
        these = list(group)
        names = sorted({finding.name for finding in these})
        comment = " ".join(f"# celery-lint: ignore[{', '.join(names)}] {reason}".split())
        better = next(
            (
                changed
                for changed, moved in _candidates(text, statement, comment)
                if _means_the_same(text, changed) and _silences(path, changed, encoding, these, moved)
            ),
            None,
        )
        if better is None:
            left += these
        else:
            text, added = better, added + 1
    return Annotation(text.encode(encoding), added, tuple(reversed(left)))


def _text(path: str, content: bytes) -> tuple[str, str] | None:
    """The text with its own line ends, and its encoding; None when it would not be the same bytes again, or is no code
    to this Python."""
    try:
        encoding = "utf-8-sig" if content.startswith(BOM_UTF8) else SourceText(path, content).encoding
        text = content.decode(encoding)
        same = text.encode(encoding) == content
    except (DecodingError, ValueError):
        return None
    return (text, encoding) if same and parse_quietly(text) is not None else None


def _candidates(text: str, statement: Location, comment: str) -> Iterator[tuple[str, Location]]:
    """The text with the comment, the best place first, and where the statement is then."""
    lines = _LINE.findall(text)
    if statement.end_line > len(lines):
        return
    first = lines[statement.line - 1]
    indentation = first[: len(first) - len(first.lstrip())]
    end = _END.search(first)
    assert end is not None
    newline = end.group() or "\n"
    above = [*lines[: statement.line - 1], f"{indentation}{comment}{newline}", *lines[statement.line - 1 :]]
    yield "".join(above), replace(statement, line=statement.line + 1, end_line=statement.end_line + 1)
    for number in range(statement.end_line, statement.line - 1, -1):
        body = lines[number - 1].rstrip("\r\n")
        rest = lines[number - 1][len(body) :]
        yield "".join((*lines[: number - 1], f"{body.rstrip()}  {comment}{rest}", *lines[number:])), statement


def _means_the_same(before: str, after: str) -> bool:
    one, other = parse_quietly(before), parse_quietly(after)
    if one is None or other is None:
        return False
    try:
        return ast.dump(one) == ast.dump(other)
    except RecursionError:
        return False


def _silences(path: str, text: str, encoding: str, findings: Iterable[Finding], statement: Location) -> bool:
    try:
        suppressions = Suppressions(path, text.encode(encoding))
    except UnicodeEncodeError:
        return False
    return all(suppressions.silences(finding.code, finding.name, statement) for finding in findings)
