"""SonarQube's generic issues, with the rules that version 10.3 and newer ask for.

Columns count from 0 in units of UTF-16, and an empty range is refused, so one that is empty covers its lines.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from celery_lint.finding import Severity
from celery_lint.pages import find_page
from celery_lint.report.texts import Texts, utf16_column

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from celery_lint.finding import Finding, Location
    from celery_lint.report import Report

__all__ = ["render"]

_ENGINE = "celery-lint"
_SEVERITIES = {Severity.ERROR: "CRITICAL", Severity.WARNING: "MAJOR", Severity.INFORMATION: "MINOR"}
_IMPACTS = {Severity.ERROR: "HIGH", Severity.WARNING: "MEDIUM", Severity.INFORMATION: "LOW"}


def render(report: Report, read: Callable[[str], bytes], color: bool) -> Iterator[str]:  # noqa: ARG001
    """One object with the rules that found something, and what they found."""
    texts = Texts(read)
    rules = {finding.code: finding for finding in reversed(report.findings)}
    result = {
        "rules": [_rule(rules[code]) for code in sorted(rules)],
        "issues": [_issue(finding, texts) for finding in report.findings],
    }
    yield from json.dumps(result, indent=2).split("\n")


def _rule(finding: Finding) -> dict[str, Any]:
    """The rule of a finding."""
    page = find_page(finding.code)
    severity = page.severity if page is not None else finding.severity
    secure = page is not None and page.security is not None
    return {
        "id": finding.code,
        "name": finding.name,
        "description": f"{page.why} {page.help}" if page is not None else finding.why,
        "engineId": _ENGINE,
        "cleanCodeAttribute": "TRUSTWORTHY" if secure else "LOGICAL",
        "type": "VULNERABILITY" if secure else "BUG",
        "severity": _SEVERITIES[severity],
        "impacts": [{"softwareQuality": "SECURITY" if secure else "RELIABILITY", "severity": _IMPACTS[severity]}],
    }


def _issue(finding: Finding, texts: Texts) -> dict[str, Any]:
    return {
        "ruleId": finding.code,
        "engineId": _ENGINE,
        "primaryLocation": _location(finding.location, finding.message, texts),
        "secondaryLocations": [_location(step.location, step.message, texts) for step in finding.trace],
    }


def _location(place: Location, message: str, texts: Texts) -> dict[str, Any]:
    region = {"startLine": place.line, "endLine": place.end_line}
    if (place.line, place.column) < (place.end_line, place.end_column):
        region["startColumn"] = utf16_column(texts.line(place.path, place.line), place.column) - 1
        region["endColumn"] = utf16_column(texts.line(place.path, place.end_line), place.end_column) - 1
    return {"message": message, "filePath": place.path, "textRange": region}
