"""What a run has found, and the formats it is shown in.

A format is a module with one function, `render`; it yields lines without their ends. The module of a format
is imported when the format is asked for.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from msgspec import Struct, field, structs

from celery_lint.finding import Applicability, Finding, Location, Severity, Silenced

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

__all__ = [
    "FORMATS",
    "Format",
    "Outcome",
    "Render",
    "Report",
    "Unconfirmed",
    "about_the_run",
    "exit_code",
    "rendered",
    "renderer",
    "summary",
]


class Format(Struct, frozen=True):
    """What is known of a format before its module is imported.

    A format that other machines read, often in another directory, shows paths `in_repository`.
    """

    module: str
    reader: str
    in_repository: bool = False


FORMATS: Mapping[str, Format] = {
    "full": Format("full_format", "people"),
    "concise": Format("concise_format", "editors and grep"),
    "grouped": Format("grouped_format", "people, file by file"),
    "json": Format("json_format", "programs: version 1", in_repository=True),
    "json-v1": Format("json_format", "programs: version 1", in_repository=True),
    "json-lines": Format("json_lines_format", "programs that read line by line", in_repository=True),
    "sarif": Format("sarif_format", "GitHub code scanning and other SARIF 2.1.0 viewers", in_repository=True),
    "github": Format("github_format", "annotations in GitHub Actions", in_repository=True),
    "gitlab": Format("gitlab_format", "GitLab Code Quality", in_repository=True),
    "junit": Format("junit_format", "CI servers that show test reports", in_repository=True),
    "pylint": Format("pylint_format", "CI servers and editors that read pylint"),
    "rdjson": Format("rdjson_format", "reviewdog"),
    "rdjsonl": Format("rdjsonl_format", "reviewdog, line by line"),
    "azure": Format("azure_format", "Azure Pipelines", in_repository=True),
    "sonarqube": Format("sonarqube_format", "SonarQube's generic issues", in_repository=True),
}


def _read_file(path: str) -> bytes:
    with open(path, "rb") as stream:
        return stream.read()


class Unconfirmed(Struct, frozen=True):
    """A nominee that the inspection did not find on the concrete tree, and why."""

    rule: str
    location: Location
    reason: str


class Outcome(Struct, frozen=True):
    """What of a report depends on nothing but what was asked of which files."""

    findings: tuple[Finding, ...] = ()
    file_count: int = 0
    unconfirmed: tuple[Unconfirmed, ...] = ()
    errors: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    exit_code: int = 0
    silenced: tuple[Silenced, ...] = ()
    faint: tuple[Finding, ...] = ()
    ran: frozenset[str] = frozenset()


class Report(Outcome, frozen=True):
    """The outcome of a run. Paths are as users see them: relative to the working directory or `--root`.

    `unconfirmed` are a defect of the linter, not of the code. `errors` and `warnings` are about
    the run itself, one line each. `exit_code` is 0 when clean, 1 with findings that count, 2 when something
    could not be done. `hidden` are findings that a baseline puts off, `silenced` those that comments silence, where
    they were asked for, and `faint` those below the severity or
    confidence asked for, `ran` the names of the rules that ran to their end. `timings` are CPU seconds by stage.
    `read` gives a file's content by such a path. `base` is the directory that paths are relative to, `repository`
    the top of the checkout, both absolute; a report that is made by hand has neither. `fixed` are findings that are
    there no more. `unsafe_fixes` says that unsafe fixes are welcome.
    """

    hidden: tuple[Finding, ...] = ()
    timings: Mapping[str, float] = field(default_factory=dict)
    read: Callable[[str], bytes] = field(default=_read_file)
    base: str = ""
    repository: str = ""
    fixed: tuple[Finding, ...] = ()
    unsafe_fixes: bool = False

    def __eq__(self, other: object) -> bool:
        """Reports are equal that say the same, however long it took and wherever the files lie."""
        return isinstance(other, Report) and all(getattr(self, name) == getattr(other, name) for name in _SAID)

    __hash__ = None  # type: ignore[assignment]

    def is_fixable(self, finding: Finding) -> bool:
        """Whether the run's settings let its fix be made."""
        fix = finding.fix
        return fix is not None and (self.unsafe_fixes or fix.applicability is Applicability.SAFE)

    def in_repository(self) -> Report:
        """The report with paths relative to the repository, and links in them resolved."""
        if not self.repository:
            return self
        names: dict[str, str] = {}

        def renamed(path: str) -> str:
            name = _relative(os.path.join(self.base, path), self.repository)
            names[name] = path
            return name

        def read(path: str) -> bytes:
            return self.read(names.get(path, path))

        findings = sorted((finding.relocated(renamed) for finding in self.findings), key=lambda each: each.sort_key)
        silenced = (structs.replace(each, finding=each.finding.relocated(renamed)) for each in self.silenced)
        return structs.replace(
            self,
            findings=tuple(findings),
            silenced=tuple(sorted(silenced, key=lambda each: each.finding.sort_key)),
            read=read,
            base=self.repository,
        )


_SAID = (*Outcome.__struct_fields__, "hidden", "fixed", "unsafe_fixes")


class Render(Protocol):
    """Turns a report into lines. `read` gives a file's content by a path of the report."""

    def __call__(self, report: Report, read: Callable[[str], bytes], color: bool) -> Iterator[str]: ...


def renderer(name: str) -> Render:
    """The format of that name; KeyError when there is none."""
    return cast("Render", import_module(f"celery_lint.report.{FORMATS[name].module}").render)


def rendered(name: str, report: Report, *, color: bool = False) -> Iterator[str]:
    """The report in a format, with the paths that its readers expect; KeyError when there is no such format."""
    placed = report.in_repository() if FORMATS[name].in_repository else report
    return renderer(name)(placed, placed.read, color)


def about_the_run(finding: Finding) -> bool:
    """True for a rule that crashed: such a finding has no place in a file."""
    return finding.code == "CLT001"


def exit_code(findings: Iterable[Finding], fail_on: Severity | None) -> int:
    """1 when a finding has the severity `fail_on` or more, else 0. None fails on nothing."""
    return int(fail_on is not None and any(finding.severity >= fail_on for finding in findings))


def summary(report: Report) -> str:
    """Found 12 problems (3 errors, 9 warnings) in 240 files; 5 fixable with `--fix` (2 more with `--unsafe-fixes`)."""
    files = _counted(report.file_count, "file")
    hidden = f"; the baseline hides {len(report.hidden)}" if report.hidden else ""
    done = f"Fixed {_counted(len(report.fixed), 'problem')}. " if report.fixed else ""
    if not report.findings:
        return f"{done}No problems in {files}{hidden}."
    kinds = []
    for severity, word in (
        (Severity.ERROR, "error"),
        (Severity.WARNING, "warning"),
        (Severity.INFORMATION, "note"),
    ):
        count = sum(finding.severity is severity for finding in report.findings)
        if count:
            kinds.append(_counted(count, word))
    found = _counted(len(report.findings), "problem")
    return f"{done}Found {found} ({', '.join(kinds)}) in {files}{_fixable(report)}{hidden}."


def _fixable(report: Report) -> str:
    """How many fixes there are to make, and how many more if unsafe ones were welcome."""
    drafted = sum(finding.fix is not None for finding in report.findings)
    now = sum(map(report.is_fixable, report.findings))
    if not drafted:
        return ""
    more = f" ({drafted - now} more with `--unsafe-fixes`)" if drafted > now else ""
    return f"; {now} fixable with `--fix`{more}"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _relative(path: str, directory: str) -> str:
    """The path below the directory with links resolved, unless they lead out of it."""
    real = os.path.realpath(path)
    top = os.path.realpath(directory)
    if real != top and not real.startswith(top.rstrip(os.sep) + os.sep):
        real, top = os.path.abspath(path), directory
    return os.path.relpath(real, top).replace(os.sep, "/")
