"""Workflow commands that GitHub Actions turns into annotations.

The escapes are those of the `@actions/core` package. A command whose lines differ has no columns, because the
runner refuses both together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from celery_lint.finding import Severity
from celery_lint.report import about_the_run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from celery_lint.finding import Location
    from celery_lint.report import Report

__all__ = ["render"]

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFORMATION: "notice"}


def render(report: Report, read: Callable[[str], bytes], color: bool) -> Iterator[str]:  # noqa: ARG001
    """The findings, one command each."""
    for finding in report.findings:
        where = {} if about_the_run(finding) else _where(finding.location)
        properties = {**where, "title": f"{finding.code} {finding.name}"}
        written = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
        text = f"{finding.message}\n{finding.why}" if finding.why else finding.message
        yield f"::{_COMMANDS[finding.severity]} {written}::{_data(text)}"


def _where(place: Location) -> dict[str, str]:
    where = {"file": place.path, "line": str(place.line)}
    if place.end_line != place.line:
        return {**where, "endLine": str(place.end_line)}
    where |= {"endLine": str(place.end_line), "col": str(place.column)}
    return {**where, "endColumn": str(place.end_column)} if place.end_column > place.column else where


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
