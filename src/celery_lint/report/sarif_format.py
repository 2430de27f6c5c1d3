"""SARIF 2.1.0: one run, with the way to each finding as a code flow and its fix.

What GitHub code scanning reads is all there. Paths are relative to the repository, which is `%SRCROOT%` and has
no address of its own, so the file is the same on every machine. Columns count code points.
"""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from celery_lint.finding import Applicability, Location
from celery_lint.report import about_the_run
from celery_lint.report.line_hash import line_hashes
from celery_lint.report.sarif_rules import LEVELS, reporting_descriptor
from celery_lint.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from celery_lint.finding import Edit, Finding, Silenced, Step, Suggestion
    from celery_lint.report import Report

__all__ = ["render"]

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT = "%SRCROOT%"


def render(report: Report, read: Callable[[str], bytes], color: bool) -> Iterator[str]:  # noqa: ARG001
    """The log."""
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [_run(report, read)]}
    yield from json.dumps(log, indent=2).split("\n")


def _run(report: Report, read: Callable[[str], bytes]) -> dict[str, Any]:
    silenced = {each.finding: each for each in report.silenced}
    findings = sorted((*report.findings, *silenced), key=lambda finding: finding.sort_key)
    firsts = {finding.code: finding for finding in reversed(findings)}
    indexes = {code: index for index, code in enumerate(sorted(firsts))}
    hashes = _Hashes(read)
    return {
        "tool": {
            "driver": {
                "name": "celery-lint",
                "version": __version__,
                "semanticVersion": __version__,
                "rules": [reporting_descriptor(firsts[code]) for code in indexes],
            }
        },
        "automationDetails": {"id": "celery-lint/"},
        "invocations": [_invocation(report, indexes)],
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The root of the repository."}}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(each, indexes, hashes, silenced.get(each)) for each in findings if not about_the_run(each)],
    }


def _invocation(report: Report, indexes: Mapping[str, int]) -> dict[str, Any]:
    """How the run went: a rule that crashed has no place in the code, so it is told here."""
    notifications: list[dict[str, Any]] = [
        {
            "level": "error",
            "message": {"text": finding.message},
            "associatedRule": {"id": finding.code, "index": indexes[finding.code]},
        }
        for finding in report.findings
        if about_the_run(finding)
    ]
    notifications += [{"level": "error", "message": {"text": error}} for error in report.errors]
    notifications += [{"level": "warning", "message": {"text": warning}} for warning in report.warnings]
    return {
        "executionSuccessful": not any(each["level"] == "error" for each in notifications),
        "toolExecutionNotifications": notifications,
    }


def _result(finding: Finding, indexes: Mapping[str, int], hashes: _Hashes, silenced: Silenced | None) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": indexes[finding.code],
        "level": LEVELS[finding.severity],
        "message": {"text": _message(finding)},
        "locations": [{"physicalLocation": _physical(finding.location)}],
    }
    line_hash = hashes.of_line(finding.location.path, finding.location.line)
    if line_hash is not None:
        result["partialFingerprints"] = {"primaryLocationLineHash": line_hash}
    related = _related(finding)
    if related:
        result["relatedLocations"] = [
            _step(step.location, step.message, id=number) for number, step in enumerate(related, start=1)
        ]
    flow = _flow(finding)
    if len(flow) > 1:
        result["codeFlows"] = [{"threadFlows": [{"locations": flow}]}]
    if finding.fix is not None:
        result["fixes"] = [_fix(finding.fix)]
    if silenced is not None:
        result["suppressions"] = [_suppression(silenced)]
    result["properties"] = {"confidence": finding.confidence.name.lower()}
    return result


def _suppression(silenced: Silenced) -> dict[str, Any]:
    """The comment, with its reason."""
    line = silenced.line
    place = {"artifactLocation": _artifact(silenced.finding.location.path), "region": {"startLine": line}}
    told = {"justification": silenced.reason} if silenced.reason else {}
    return {"kind": "inSource", **told, "location": {"physicalLocation": place}}


def _related(finding: Finding) -> list[Step]:
    """The steps elsewhere."""
    return [step for step in finding.trace if step.location != finding.location]


def _flow(finding: Finding) -> list[dict[str, Any]]:
    """The way to the finding and beyond it."""
    way = [(step.location, step.message) for step in finding.trace if not step.aside]
    if finding.location not in (place for place, _ in way):
        way.append((finding.location, finding.label or finding.message))
    return [{"location": _step(place, message)} for place, message in way]


def _message(finding: Finding) -> str:
    """The message, and a link to each related location."""
    text = _escaped(finding.message)
    links = [f"[{_escaped(step.message)}]({number})" for number, step in enumerate(_related(finding), start=1)]
    return f"{text} ({'; '.join(links)})" if links else text


def _escaped(text: str) -> str:
    return re.sub(r"[\\\[\]]", r"\\\g<0>", text)


def _step(place: Location, message: str, **more: int) -> dict[str, Any]:
    return {**more, "physicalLocation": _physical(place), "message": {"text": message}}


def _physical(place: Location) -> dict[str, Any]:
    return {"artifactLocation": _artifact(place.path), "region": _region(place)}


def _artifact(path: str) -> dict[str, Any]:
    return {"uri": quote(os.fsencode(path)), "uriBaseId": _ROOT}


def _region(place: Location) -> dict[str, Any]:
    return {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    }


def _fix(fix: Suggestion) -> dict[str, Any]:
    unsafe = fix.applicability is Applicability.UNSAFE
    by_path: dict[str, list[Edit]] = {}
    for edit in sorted(fix.edits):
        by_path.setdefault(edit.path, []).append(edit)
    return {
        "description": {"text": f"{fix.title} (unsafe)" if unsafe else fix.title},
        "artifactChanges": [
            {"artifactLocation": _artifact(path), "replacements": _replacements(edits)}
            for path, edits in by_path.items()
        ],
    }


def _replacements(edits: Sequence[Edit]) -> list[dict[str, Any]]:
    return [
        {
            "deletedRegion": _region(
                Location(edit.path, edit.start_line, edit.start_column, edit.end_line, edit.end_column)
            ),
            "insertedContent": {"text": edit.text},
        }
        for edit in edits
    ]


class _Hashes:
    """The line hashes of files, each file read once."""

    def __init__(self, read: Callable[[str], bytes]) -> None:
        self._read = read
        self._by_path: dict[str, list[str]] = {}

    def of_line(self, path: str, number: int) -> str | None:
        """None for a line that is not there."""
        if path not in self._by_path:
            try:
                self._by_path[path] = line_hashes(self._read(path))
            except (OSError, KeyError):
                self._by_path[path] = []
        hashes = self._by_path[path]
        return hashes[number - 1] if 1 <= number <= len(hashes) else None
