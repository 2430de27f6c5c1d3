"""One line a finding: `path:line:column: CLT101 message`, which flake8's users' editors parse.

`[*]` before the message says that `--fix` would fix it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from celery_lint.report.palette import Palette
from celery_lint.report.printable import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from celery_lint.report import Report

__all__ = ["render"]


def render(report: Report, read: Callable[[str], bytes], color: bool) -> Iterator[str]:  # noqa: ARG001
    """The findings, one a line."""
    palette = Palette(color)
    for finding in report.findings:
        place = finding.location
        where = f"{palette.strong(printable(place.path))}:{place.line}:{place.column}:"
        fixable = f"[{palette.help('*')}] " if report.is_fixable(finding) else ""
        yield f"{where} {palette.of_severity(finding.severity, finding.code)} {fixable}{printable(finding.message)}"
