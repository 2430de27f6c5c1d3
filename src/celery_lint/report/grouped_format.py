"""The findings of each file under its path, in columns."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from celery_lint.report.palette import Palette
from celery_lint.report.printable import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from celery_lint.report import Report

__all__ = ["render"]


def render(report: Report, read: Callable[[str], bytes], color: bool) -> Iterator[str]:  # noqa: ARG001
    """A path, and below it a line for each finding in the file."""
    palette = Palette(color)
    first = True
    for path, group in groupby(report.findings, key=lambda finding: finding.location.path):
        findings = list(group)
        places = [f"{finding.location.line}:{finding.location.column}" for finding in findings]
        width = max(map(len, places))
        if not first:
            yield ""
        first = False
        yield f"{palette.strong(printable(path))}:"
        for place, finding in zip(places, findings, strict=True):
            code = palette.of_severity(finding.severity, finding.code)
            yield f"  {place:<{width}}  {code}  {finding.name}: {printable(finding.message)}"
