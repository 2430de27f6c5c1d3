"""Logging commands that Azure Pipelines turns into issues of a run.

The escapes are those of the `azure-pipelines-task-lib` package. There are errors and warnings only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from celery_lint.finding import Severity
from celery_lint.report import about_the_run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from celery_lint.report import Report

__all__ = ["render"]


def render(report: Report, read: Callable[[str], bytes], color: bool) -> Iterator[str]:  # noqa: ARG001
    """The findings, one command each."""
    for finding in report.findings:
        place = finding.location
        properties = {"type": "error" if finding.severity is Severity.ERROR else "warning"}
        if not about_the_run(finding):
            properties |= {
                "sourcepath": place.path,
                "linenumber": str(place.line),
                "columnnumber": str(place.column),
            }
        properties["code"] = finding.code
        written = "".join(f"{name}={_property(value)};" for name, value in properties.items())
        yield f"##vso[task.logissue {written}]{_data(finding.message)}"


def _data(text: str) -> str:
    return text.replace("%", "%AZP25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace("]", "%5D").replace(";", "%3B")
