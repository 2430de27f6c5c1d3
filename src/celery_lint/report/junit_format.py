"""JUnit's XML: a test suite for each file, a failed test for each finding, and a test that passes when there is none.

Jenkins, GitLab and others agree on no schema beyond the elements and attributes that are used here. Everything is
ASCII with character references, so it is the same in every encoding.
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from celery_lint.finding import Finding
    from celery_lint.report import Report

__all__ = ["render"]

# What XML 1.0 cannot hold, not even as a character reference.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(report: Report, read: Callable[[str], bytes], color: bool) -> Iterator[str]:  # noqa: ARG001
    """The document."""
    root = Element("testsuites", name="celery-lint")
    for path, findings in groupby(report.findings, key=lambda finding: finding.location.path):
        _suite(root, path, list(findings))
    if report.errors:
        _errors(root, report.errors)
    if not len(root):
        SubElement(_started(root, "celery-lint", tests=1), "testcase", classname="celery-lint", name="no problems")
    for kind in ("tests", "failures", "errors"):
        root.set(kind, str(sum(int(suite.get(kind, "0")) for suite in root)))
    indent(root)
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield from tostring(root, encoding="us-ascii", xml_declaration=False).decode("ascii").split("\n")


def _started(root: Element, name: str, *, tests: int, failures: int = 0, errors: int = 0) -> Element:
    counts = {"tests": str(tests), "failures": str(failures), "errors": str(errors)}
    return SubElement(root, "testsuite", {"name": _text(name), **counts})


def _suite(root: Element, path: str, findings: Sequence[Finding]) -> None:
    suite = _started(root, path, tests=len(findings), failures=len(findings))
    for finding in findings:
        place = finding.location
        case = SubElement(
            suite,
            "testcase",
            classname=_text(path.removesuffix(".py").replace("/", ".")),
            name=f"{finding.code} {finding.name} ({place.line}:{place.column})",
            file=_text(path),
            line=str(place.line),
        )
        failure = SubElement(
            case, "failure", type=finding.severity.name.lower(), message=_text(" ".join(finding.message.split()))
        )
        steps = (f"{step.location.path}:{step.location.line}: {step.message}" for step in finding.trace)
        failure.text = _text("\n".join((f"{path}:{place.line}:{place.column}: {finding.why}", *steps)))


def _errors(root: Element, errors: Sequence[str]) -> None:
    suite = _started(root, "celery-lint", tests=len(errors), errors=len(errors))
    for error in errors:
        case = SubElement(suite, "testcase", classname="celery-lint", name=_text(error))
        SubElement(case, "error", message=_text(error))


def _text(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)
