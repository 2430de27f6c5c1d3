"""reviewdog's diagnostic format. Columns count bytes of UTF-8.

Paths are those that people see, because reviewdog takes them to be relative to where it runs. A suggestion is
given where the whole fix is in the statement that is flagged; what changes more would not fit into a review.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from celery_lint.finding import Location, Severity
from celery_lint.report.texts import Texts, utf8_column

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from celery_lint.finding import Suggestion
    from celery_lint.report import Report

__all__ = ["SOURCE", "diagnostics", "render"]

SOURCE = {"name": "celery-lint"}

_SEVERITIES = {Severity.ERROR: "ERROR", Severity.WARNING: "WARNING", Severity.INFORMATION: "INFO"}


def render(report: Report, read: Callable[[str], bytes], color: bool) -> Iterator[str]:  # noqa: ARG001
    """One object with all findings."""
    result = {"source": SOURCE, "diagnostics": list(diagnostics(report, read))}
    yield from json.dumps(result, indent=2).split("\n")


def diagnostics(report: Report, read: Callable[[str], bytes]) -> Iterator[dict[str, Any]]:
    """The findings, as `Diagnostic` messages of the format."""
    texts = Texts(read)
    for finding in report.findings:
        place = finding.location
        diagnostic: dict[str, Any] = {
            "message": f"{finding.message}\n{finding.why}" if finding.why else finding.message,
            "location": _location(place, texts),
            "severity": _SEVERITIES[finding.severity],
            "code": {"value": finding.code},
            "original_output": f"{place.path}:{place.line}:{place.column}: {finding.code} {finding.message}",
        }
        if finding.fix is not None and _fits(finding.fix, finding.statement):
            diagnostic["suggestions"] = [_suggestion(finding.fix, texts)]
        if finding.trace:
            diagnostic["related_locations"] = [
                {"message": step.message, "location": _location(step.location, texts)} for step in finding.trace
            ]
        yield diagnostic


def _fits(fix: Suggestion, statement: Location) -> bool:
    """True for a fix that changes nothing but the statement's lines."""
    return bool(fix.edits) and all(
        edit.path == statement.path and statement.line <= edit.start_line and edit.end_line <= statement.end_line
        for edit in fix.edits
    )


def _suggestion(fix: Suggestion, texts: Texts) -> dict[str, Any]:
    """One region from the first edit to the last, because each suggestion is taken or left alone."""
    edits = sorted(fix.edits)
    path, line, column = edits[0].path, edits[0].start_line, edits[0].start_column
    whole = Location(path, line, column, edits[-1].end_line, edits[-1].end_column)
    text = ""
    for edit in edits:
        between = Location(path, line, column, edit.start_line, edit.start_column)
        text += texts.region(between) + edit.text
        line, column = edit.end_line, edit.end_column
    return {"range": _range(whole, texts), "text": text}


def _location(place: Location, texts: Texts) -> dict[str, Any]:
    return {"path": place.path, "range": _range(place, texts)}


def _range(place: Location, texts: Texts) -> dict[str, Any]:
    return {
        "start": _position(place.path, place.line, place.column, texts),
        "end": _position(place.path, place.end_line, place.end_column, texts),
    }


def _position(path: str, line: int, column: int, texts: Texts) -> dict[str, int]:
    return {"line": line, "column": utf8_column(texts.line(path, line), column)}
