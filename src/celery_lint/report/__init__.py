"""What a run has found, and the formats it is shown in.

A format is a module with one function, `render`; it yields lines without their ends.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from celery_lint.finding import Finding, Location, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

__all__ = ["FORMATS", "Render", "Report", "Unconfirmed", "renderer", "summary"]

FORMATS = ("full", "concise", "json")


def _read_file(path: str) -> bytes:
    with open(path, "rb") as stream:
        return stream.read()


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """A nominee that the inspection did not find on the concrete tree, and why."""

    rule: str
    location: Location
    reason: str


@dataclass(frozen=True)
class Report:
    """The outcome of a run. Paths are as users see them: relative to the working directory or `--root`.

    `unconfirmed` are a defect of the linter, not of the code. `errors` and `warnings` are about
    the run itself, one line each. `exit_code` is 0 when clean, 1 with findings that count, 2 when something
    could not be done. `timings` are CPU seconds by stage. `read` gives a file's content by such a path.
    """

    findings: tuple[Finding, ...] = ()
    file_count: int = 0
    unconfirmed: tuple[Unconfirmed, ...] = ()
    errors: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    exit_code: int = 0
    timings: Mapping[str, float] = field(default_factory=dict, compare=False)
    read: Callable[[str], bytes] = field(default=_read_file, repr=False, compare=False)


class Render(Protocol):
    """Turns a report into lines. `read` gives a file's content by a path of the report."""

    def __call__(self, report: Report, read: Callable[[str], bytes], color: bool) -> Iterator[str]: ...


def renderer(name: str) -> Render:
    """The format of that name; KeyError when there is none."""
    if name not in FORMATS:
        raise KeyError(name)
    return cast("Render", import_module(f"celery_lint.report.{name}_format").render)


def summary(report: Report) -> str:
    """`Found 12 problems (3 errors, 9 warnings) in 240 files; 5 have a fix.`"""
    files = _counted(report.file_count, "file")
    if not report.findings:
        return f"No problems in {files}."
    kinds = []
    for severity, word in (
        (Severity.ERROR, "error"),
        (Severity.WARNING, "warning"),
        (Severity.INFORMATION, "note"),
    ):
        count = sum(finding.severity is severity for finding in report.findings)
        if count:
            kinds.append(_counted(count, word))
    fixes = sum(finding.fix is not None for finding in report.findings)
    end = f"; {fixes} {'has' if fixes == 1 else 'have'} a fix" if fixes else ""
    return f"Found {_counted(len(report.findings), 'problem')} ({', '.join(kinds)}) in {files}{end}."


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
