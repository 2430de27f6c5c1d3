"""Findings for people: the place and the way there drawn on the source, why, and the suggested change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from celery_lint.finding import Applicability, Edit, Finding, Location, Silenced, Suggestion
from celery_lint.pages import find_page
from celery_lint.report import Report, summary
from celery_lint.report.diff import Change, changes
from celery_lint.report.palette import Palette
from celery_lint.report.printable import Row, printable
from celery_lint.report.snippet import Mark, clipped, line_numbers, snippet
from celery_lint.report.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

__all__ = ["render"]

NUMBERED = 2
"""A way of more steps than this is numbered: in a snippet they stand in the order of lines."""


class _Part(Struct, frozen=True):
    """What is drawn of one file."""

    path: str
    lines: Sequence[str]
    marks: list[Mark]


def render(report: Report, read: Callable[[str], bytes], color: bool) -> Iterator[str]:
    """Every finding with its snippet, and the summary."""
    palette = Palette(color)
    lines = Texts(read).lines
    for finding in report.findings:
        yield from _finding(finding, lines, palette)
        yield ""
    for silenced in report.silenced:
        yield _silenced(silenced, palette)
    if report.silenced:
        yield ""
    yield summary(report)


def _silenced(silenced: Silenced, palette: Palette) -> str:
    """One line for what a comment silences."""
    finding, place = silenced.finding, silenced.finding.location
    head = f"{printable(place.path)}:{place.line}:{place.column}: {finding.code} {printable(finding.message)}"
    why = f": {printable(silenced.reason)}" if silenced.reason else ""
    return palette.margin(f"{head} (silenced on line {silenced.line}{why})")


def _finding(finding: Finding, lines: Callable[[str], Sequence[str]], palette: Palette) -> Iterator[str]:
    parts = _parts(finding, lines)
    hunks = _hunks(finding.fix, lines) if finding.fix is not None else []
    gutter = _gutter(parts, hunks)
    margin = " " * (gutter + 1)
    edge = margin + palette.margin("|")
    place = finding.location
    head = palette.of_severity(finding.severity, f"{finding.severity.name.lower()}[{finding.code}]")
    yield f"{head} {palette.strong(f'{finding.name}: {printable(finding.message)}')}"
    where = f"{printable(place.path)}:{place.line}:{place.column}"
    yield f"{' ' * gutter}{palette.margin('-->')} {where}"
    for part in parts:
        if part.path != place.path:
            yield f"{' ' * gutter}{palette.margin(':::')} {printable(part.path)}"
        yield edge
        yield from snippet(part.lines, part.marks, gutter, palette)
        yield edge
    bullet = margin + palette.margin("=") + " "
    if finding.why:
        yield bullet + printable(finding.why)
    page = find_page(finding.code)
    if finding.fix is not None:
        yield f"{palette.help('help:')} {_title(finding.fix)}"
        yield from _diff(finding, hunks, gutter, palette)
    elif page is not None and page.help:
        yield f"{palette.help('help:')} {printable(page.help)}"
    if page is not None:
        yield f"{bullet}more: celery-lint rule {finding.code}"


def _parts(finding: Finding, lines: Callable[[str], Sequence[str]]) -> list[_Part]:
    """The primary span's file first, then those of the trace; files without text are left out."""
    place = finding.location
    label = finding.label
    marks: dict[str, list[Mark]] = {place.path: []}
    way = [step for step in finding.trace if step.location != place and not step.aside]
    for step in finding.trace:
        if step.location == place:
            label = label or step.message
            continue
        number = f"{way.index(step) + 1}. " if len(way) > NUMBERED and step in way else ""
        mark = _mark(step.location, number + step.message, primary=False)
        file = marks.setdefault(step.location.path, [])
        if mark not in file:
            file.append(mark)
    marks[place.path].insert(0, _mark(place, label, primary=True))
    parts = []
    for path, file in marks.items():
        text = lines(path)
        drawable = [mark for mark in file if mark.line >= 1 and mark.end_line <= len(text)]
        if drawable and any(any(text[mark.line - 1 : mark.end_line]) for mark in drawable):
            parts.append(_Part(path, text, drawable))
    return parts


def _mark(place: Location, label: str, *, primary: bool) -> Mark:
    return Mark(place.line, place.column, place.end_line, place.end_column, label, primary)


def _gutter(parts: Sequence[_Part], hunks: Sequence[tuple[str, Sequence[Change]]]) -> int:
    last = [number for part in parts for number in line_numbers(part.marks, len(part.lines))]
    for _, made in hunks:
        for change in made:
            last += [change.line + len(change.old) - 1, change.new_line + len(change.new) - 1]
    return len(str(max(last, default=1)))


def _title(fix: Suggestion) -> str:
    unsafe = fix.applicability is Applicability.UNSAFE and "unsafe" not in fix.title
    return printable(fix.title) + (" (unsafe)" if unsafe else "")


def _hunks(fix: Suggestion, lines: Callable[[str], Sequence[str]]) -> list[tuple[str, Sequence[Change]]]:
    by_path: dict[str, list[Edit]] = {}
    for edit in fix.edits:
        by_path.setdefault(edit.path, []).append(edit)
    made = ((path, changes(lines(path), edits)) for path, edits in by_path.items())
    return [(path, change) for path, change in made if change]


def _diff(
    finding: Finding, hunks: Sequence[tuple[str, Sequence[Change]]], gutter: int, palette: Palette
) -> Iterator[str]:
    edge = " " * (gutter + 1) + palette.margin("|")
    for path, made in hunks:
        if path != finding.location.path:
            yield f"{' ' * gutter}{palette.margin(':::')} {printable(path)}"
        yield edge
        for index, change in enumerate(made):
            if index:
                yield palette.margin("...")
            for offset, line in enumerate(change.old):
                number = palette.margin(str(change.line + offset).rjust(gutter))
                yield f"{number} {palette.removed(f'- {_shown(line, change)}'.rstrip())}"
            for offset, line in enumerate(change.new):
                number = palette.margin(str(change.new_line + offset).rjust(gutter))
                yield f"{number} {palette.added(f'+ {_shown(line, change)}'.rstrip())}"
    if hunks:
        yield edge


def _shown(line: str, change: Change) -> str:
    row = Row(line)
    around, _ = row.span(change.column, change.column)
    return clipped(row, around)[0]
