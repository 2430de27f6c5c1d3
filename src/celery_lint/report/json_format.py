"""Findings as a JSON array, version 1 of the format.

Each finding is an object with these members, all of them always there:

- `code`, `name`, `category`: strings, such as "CLT101", "delay-in-atomic", "transactions".
- `path`: string with forward slashes. `line`, `column`, `end_line`, `end_column`: integers from 1; columns
  count code points, and the end is exclusive.
- `message`: string, one line.
- `severity`: "error", "warning" or "information". `confidence`: "high", "medium" or "low".
- `trace`: the way to the finding, an array of `{path, line, column, message}`.
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

__all__ = ["finding_object", "render"]


def render(report: Report, read: Callable[[str], bytes], color: bool) -> Iterator[str]:  # noqa: ARG001
    """The array, one finding a line."""
    last = len(report.findings) - 1
    if last < 0:
        yield "[]"
        return
    yield "["
    for index, finding in enumerate(report.findings):
        yield "  " + json.dumps(finding_object(finding)) + ("," if index < last else "")
    yield "]"


def finding_object(finding: Finding) -> dict[str, Any]:
    """The object that stands for a finding."""
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
