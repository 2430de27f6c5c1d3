"""Findings as a JSON array, version 1 of the format.

Each finding is an object with these members, all of them always there:

- `code`, `name`, `category`: strings, such as "CLT101", "delay-in-atomic", "transactions".
- `path`: string with forward slashes. `line`, `column`, `end_line`, `end_column`: integers from 1; columns
  count code points, and the end is exclusive.
- `message`: string, one line.
- `severity`: "error", "warning" or "information". `confidence`: "high", "medium" or "low".
- `trace`: the way to the finding, an array of `{path, line, column, message}`.
- `suppressed`: null, or `{line, reason}` of the comment that silences it, in a run that shows such findings.
- `fix`: null, or `{title, applicability, edits}` with `applicability` "safe" or "unsafe" and `edits` an array
  of `{path, start_line, start_column, end_line, end_column, text}`; positions are those of the file as read.

Within version 1 members may be added; none is taken away, renamed or given another meaning.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from celery_lint.finding import Finding, Suggestion
    from celery_lint.report import Report

__all__ = ["finding_objects", "render"]


def render(report: Report, read: Callable[[str], bytes], color: bool) -> Iterator[str]:  # noqa: ARG001
    """The array, one finding a line."""
    objects = list(finding_objects(report))
    last = len(objects) - 1
    if last < 0:
        yield "[]"
        return
    yield "["
    for index, each in enumerate(objects):
        yield "  " + json.dumps(each) + ("," if index < last else "")
    yield "]"


def finding_objects(report: Report) -> Iterator[dict[str, Any]]:
    """The objects that stand for the findings, with those that comments silence among them."""
    silenced = {each.finding: {"line": each.line, "reason": each.reason} for each in report.silenced}
    for finding in sorted((*report.findings, *silenced), key=lambda finding: finding.sort_key):
        yield {**_object(finding), "suppressed": silenced.get(finding)}


def _object(finding: Finding) -> dict[str, Any]:
    place = finding.location
    return {
        "code": finding.code,
        "name": finding.name,
        "path": place.path,
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "end_column": place.end_column,
        "message": finding.message,
        "severity": finding.severity.name.lower(),
        "confidence": finding.confidence.name.lower(),
        "category": finding.category,
        "trace": [
            {
                "path": step.location.path,
                "line": step.location.line,
                "column": step.location.column,
                "message": step.message,
            }
            for step in finding.trace
        ],
        "fix": None if finding.fix is None else _fix(finding.fix),
    }


def _fix(fix: Suggestion) -> dict[str, Any]:
    return {
        "title": fix.title,
        "applicability": fix.applicability.value,
        "edits": [
            {
                "path": edit.path,
                "start_line": edit.start_line,
                "start_column": edit.start_column,
                "end_line": edit.end_line,
                "end_column": edit.end_column,
                "text": edit.text,
            }
            for edit in fix.edits
        ],
    }
