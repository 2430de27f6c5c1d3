"""GitLab Code Quality: the part of Code Climate's format that GitLab reads.

A fingerprint is that of the rule, the path and the statement, whatever line it is on, so a finding that only
moves is the same finding. GitLab hides all but one finding with the same fingerprint; the second of two alike
is numbered.
"""

from __future__ import annotations

import json
from collections import Counter
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from celery_lint.finding import Severity
from celery_lint.report.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from celery_lint.finding import Finding
    from celery_lint.report import Report

__all__ = ["render"]

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFORMATION: "info"}


def render(report: Report, read: Callable[[str], bytes], color: bool) -> Iterator[str]:  # noqa: ARG001
    """The array of findings."""
    texts = Texts(read)
    seen: Counter[str] = Counter()
    issues = []
    for finding in report.findings:
        statement = " ".join(texts.region(finding.statement).split())
        key = "\0".join((finding.code, finding.location.path, statement or finding.message))
        seen[key] += 1
        issues.append(_issue(finding, f"{key}\0{seen[key]}"))
    yield from json.dumps(issues, indent=2).split("\n")


def _issue(finding: Finding, key: str) -> dict[str, Any]:
    place = finding.location
    return {
        "description": f"{finding.code} {finding.name}: {finding.message}",
        "check_name": finding.code,
        "fingerprint": sha256(key.encode("utf-8", "surrogatepass")).hexdigest(),
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
