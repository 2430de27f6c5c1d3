"""One line a finding as pylint's parseable output has it: `path:line: [CLT101] message`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from celery_lint.report.printable import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from celery_lint.report import Report

__all__ = ["render"]


def render(report: Report, read: Callable[[str], bytes], color: bool) -> Iterator[str]:  # noqa: ARG001
    """The findings, one a line; columns have no place in it."""
    for finding in report.findings:
        place = finding.location
        yield f"{printable(place.path)}:{place.line}: [{finding.code}] {printable(finding.message)}"
