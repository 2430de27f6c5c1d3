"""Comments that silence findings, written where they silence and change nothing else."""

from __future__ import annotations

import ast
import re
from codecs import BOM_UTF8
from itertools import groupby
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from celery_lint.extent import extent
from celery_lint.inspection.source import DecodingError, SourceText
from celery_lint.knowledge.deployment import kind_of
from celery_lint.project.services.documents import events
from celery_lint.source import parse_quietly
from celery_lint.suppress import Suppressions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from celery_lint.finding import Finding, Location

__all__ = ["Annotation", "annotate"]

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")
_END = re.compile(r"[\r\n]*\Z")


class Annotation(Struct, frozen=True):
    """The content of a file with `added` comments more; `left` are the findings that no comment can silence."""

    content: bytes
    added: int
    left: tuple[Finding, ...]


def annotate(path: str, content: bytes, findings: Sequence[Finding], reason: str = "") -> Annotation:
    """Silence findings of one file, each statement, or entry of a long dict or list, by one comment: on a line of its
    own above, or, where such a line would be part of a string or end a continued line, at the end of one of its lines.

    A comment is kept only if the code means the same with it and the findings are silenced by it.
    """
    read = _text(path, content)
    if read is None:
        return Annotation(content, 0, tuple(findings))
    text, encoding = read
    homes = _homes(_kind(path), text, findings)
    added = 0
    left: list[Finding] = []
    lines: list[int] = []
    ordered = sorted(findings, key=lambda finding: (homes[finding], finding.sort_key), reverse=True)
    for home, group in groupby(ordered, key=lambda finding: homes[finding]):
        these = [_stretched(finding, lines) for finding in group]
        names = sorted({finding.name for finding in these})
        comment = " ".join(f"# celery-lint: ignore[{', '.join(names)}] {reason}".split())
        better = next(
            (
                (changed, above)
                for changed, above in _candidates(text, home, comment)
                if _means_the_same(path, text, changed) and _silences(path, changed, encoding, these, home.line * above)
            ),
            None,
        )
        if better is None:
            left += these
        else:
            text, above = better
            added += 1
            lines += [home.line] * above
    return Annotation(text.encode(encoding), added, tuple(reversed(left)))


def _homes(kind: str | None, text: str, findings: Iterable[Finding]) -> dict[Finding, Location]:
    """What each finding's comment is put to: the innermost entry that begins a line, or the statement."""
    tree, lines = (parse_quietly(text) if kind is None else None), _LINE.findall(text)
    homes = {}
    for finding in findings:
        statement = finding.statement
        found = extent(tree, lines, statement, finding.location).entries if tree is not None else ()
        own = (
            entry
            for entry in reversed(found)
            if entry.line > statement.line and not lines[entry.line - 1][: entry.column - 1].strip()
        )
        homes[finding] = next(own, statement)
    return homes


def _stretched(finding: Finding, lines: Sequence[int]) -> Finding:
    """The finding with its statement as it is once there are lines more above those that are given."""
    statement = finding.statement
    more = sum(statement.line < line <= statement.end_line for line in lines)
    return structs.replace(finding, statement=structs.replace(statement, end_line=statement.end_line + more))


def _text(path: str, content: bytes) -> tuple[str, str] | None:
    """The text with its own line ends, and its encoding; None when it would not be the same bytes again, or is no code
    to this Python."""
    try:
        encoding = "utf-8-sig" if content.startswith(BOM_UTF8) else SourceText(path, content).encoding
        text = content.decode(encoding)
        same = text.encode(encoding) == content
    except (DecodingError, ValueError):
        return None
    readable = _kind(path) is not None or parse_quietly(text) is not None
    return (text, encoding) if same and readable else None


def _kind(path: str) -> str | None:
    """What deployment file it is; None for Python."""
    return None if path.endswith((".py", ".pyi", ".pyw")) else kind_of(path.rpartition("/")[2])


def _candidates(text: str, home: Location, comment: str) -> Iterator[tuple[str, bool]]:
    """The text with the comment, the best place first, and whether it is on a line more, above what it is for."""
    lines = _LINE.findall(text)
    if home.line > len(lines):
        return
    first = lines[home.line - 1]
    indentation = first[: len(first) - len(first.lstrip())]
    end = _END.search(first)
    assert end is not None
    newline = end.group() or "\n"
    yield "".join([*lines[: home.line - 1], f"{indentation}{comment}{newline}", *lines[home.line - 1 :]]), True
    for number in range(min(home.end_line, len(lines)), home.line - 1, -1):
        body = lines[number - 1].rstrip("\r\n")
        rest = lines[number - 1][len(body) :]
        yield "".join((*lines[: number - 1], f"{body.rstrip()}  {comment}{rest}", *lines[number:])), False


def _means_the_same(path: str, before: str, after: str) -> bool:
    kind = _kind(path)
    if kind == "yaml":
        read = events(before)
        return read is not None and read == events(after)
    if kind is not None:
        return _is_on_a_line_of_its_own(before, after)
    one, other = parse_quietly(before), parse_quietly(after)
    if one is None or other is None:
        return False
    try:
        return ast.dump(one) == ast.dump(other)
    except RecursionError:
        return False


def _is_on_a_line_of_its_own(before: str, after: str) -> bool:
    """Whether the comment is a line more, and the line above it is not continued."""
    lines, more = _LINE.findall(before), _LINE.findall(after)
    place = next((number for number, (one, other) in enumerate(zip(lines, more, strict=False)) if one != other), -1)
    return len(more) > len(lines) and not (place > 0 and lines[place - 1].rstrip().endswith("\\"))


def _silences(path: str, text: str, encoding: str, findings: Iterable[Finding], above: int) -> bool:
    """Whether the findings are silent in a text that has a line more above that of the number, if there is one."""
    try:
        suppressions = Suppressions(path, text.encode(encoding))
    except UnicodeEncodeError:
        return False

    def moved(place: Location) -> Location:
        line, end_line = (number + (0 < above <= number) for number in (place.line, place.end_line))
        return structs.replace(place, line=line, end_line=end_line)

    return all(
        suppressions.silences(each.code, each.name, moved(each.statement), moved(each.location)) for each in findings
    )
