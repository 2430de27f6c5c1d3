"""GitLab Code Quality: the part of Code Climate's format that GitLab reads.

GitLab hides all but one finding with the same fingerprint. These are the fingerprints of baselines: no two are the
same, and a finding that only moves keeps its own.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from celery_lint.finding import Severity
from celery_lint.fingerprint import fingerprints

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from celery_lint.finding import Finding
    from celery_lint.report import Report

__all__ = ["render"]

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFORMATION: "info"}


def render(report: Report, read: Callable[[str], bytes], color: bool) -> Iterator[str]:  # noqa: ARG001
    """The array of findings."""
    known = fingerprints(report.findings, read)
    issues = [_issue(finding, known[finding].digest) for finding in report.findings]
    yield from json.dumps(issues, indent=2).split("\n")


def _issue(finding: Finding, fingerprint: str) -> dict[str, Any]:
    place = finding.location
    return {
        "description": f"{finding.code} {finding.name}: {finding.message}",
        "check_name": finding.code,
        "fingerprint": fingerprint,
        "severity": _SEVERITIES[finding.severity],
        "location": {
            "path": place.path,
            "lines": {"begin": place.line, "end": place.end_line},
            "positions": {
                "begin": {"line": place.line, "column": place.column},
                "end": {"line": place.end_line, "column": place.end_column},
            },
        },
    }
