"""What is left of a report when old findings are put off: by a baseline, by the lines that have been added, or by
comparison with the project of another revision."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from celery_lint.config import ConfigurationError
from celery_lint.fingerprint import fingerprints
from celery_lint.pages import LETTERS, all_pages, find_page
from celery_lint.report import exit_code

if TYPE_CHECKING:
    from collections.abc import Callable

    from celery_lint.baseline import Baseline
    from celery_lint.config import Settings
    from celery_lint.discover import Discovery
    from celery_lint.finding import Finding, Severity
    from celery_lint.fingerprint import Fingerprint
    from celery_lint.history import Revision
    from celery_lint.report import Report

__all__ = ["Comparison", "Postponing", "Run", "compare", "requested"]

_ALWAYS = frozenset({"CLT001"})
"""What is never put off: that a rule crashed."""


class Run(Struct, frozen=True):
    """The run that a report is of. `absolute` completes a path as findings have it; `elsewhere` checks the copy of the
    project that is at another root, all of it, and reports paths relative to that root."""

    discovery: Discovery
    fail_on: Severity | None
    absolute: Callable[[str], str]
    elsewhere: Callable[[str], Report]


class Comparison(Struct, frozen=True):
    """A report beside a baseline. `now` are the entries that the report would make; `stale` those of the baseline that
    fit no finding, among files that were reported on and rules that ran."""

    new: tuple[Finding, ...]
    hidden: tuple[Finding, ...]
    now: frozenset[Fingerprint]
    stale: tuple[Fingerprint, ...]


def compare(baseline: Baseline, report: Report, run: Run) -> Comparison:
    """What the baseline hides of the report, and which of its entries hide nothing."""

    def name(path: str) -> str:
        return baseline.name(run.absolute(path))

    everything = [each for each in (*report.findings, *report.faint) if each.code not in _ALWAYS]
    known = fingerprints(everything, report.read, name)
    hidden = frozenset(finding for finding in report.findings if known.get(finding) in baseline.entries)
    root, named = run.discovery.root, run.discovery.named
    covered = None if named is None else {os.path.normpath(os.path.join(root, path)) for path in named}
    judging = {page.code for page in map(find_page, report.ran) if page is not None}
    own = {entry.code for entry in baseline.entries if entry.code.startswith(LETTERS)}
    retired = own - {page.code for page in all_pages()}

    def is_judged(entry: Fingerprint) -> bool:
        path = baseline.place(entry)
        inside = path.startswith(root.rstrip(os.sep) + os.sep) if covered is None else path in covered
        return inside and entry.code in judging | retired

    return Comparison(
        new=tuple(finding for finding in report.findings if finding not in hidden),
        hidden=tuple(finding for finding in report.findings if finding in hidden),
        now=frozenset(known[finding] for finding in report.findings if finding in known),
        stale=tuple(sorted(entry for entry in baseline.entries.difference(known.values()) if is_judged(entry))),
    )


class Postponing(Struct, frozen=True):
    """What a run puts off: what a baseline has, what touches no line added since a revision, and what was there in
    another revision. `strict` fails a run for an entry of the baseline that hides nothing."""

    baseline: Baseline | None = None
    strict: bool = False
    added_since: Revision | None = None
    compared_with: Revision | None = None

    def applied(self, report: Report, run: Run) -> Report:
        """The report without what is put off."""
        if self.baseline is not None:
            report = self._against_baseline(self.baseline, report, run)
        if self.added_since is not None and report.findings:
            report = _reduced(report, _touched(self.added_since, report, run), run)
        if self.compared_with is not None and report.findings:
            report = _reduced(report, _unknown_to(self.compared_with, report, run), run)
        return report

    def _against_baseline(self, baseline: Baseline, report: Report, run: Run) -> Report:
        found = compare(baseline, report, run)
        report = structs.replace(_reduced(report, found.new, run), hidden=found.hidden)
        if not found.stale:
            return report
        lines = tuple(baseline.complaint(entry) for entry in found.stale)
        if self.strict:
            return structs.replace(report, errors=(*report.errors, *lines), exit_code=report.exit_code or 1)
        return structs.replace(report, warnings=(*report.warnings, *lines))


def requested(
    settings: Settings, root: str, diff_only: str | None, baseline_commit: str | None, *, on_disk: bool
) -> Postponing:
    """What the settings and the names of revisions ask for. Revisions are compared with files `on_disk`. Raises
    ConfigurationError."""
    if (settings.baseline, diff_only, baseline_commit) == (None, None, None):
        return Postponing()
    from celery_lint.baseline import Baseline
    from celery_lint.history import Revision

    def revision(option: str, name: str | None) -> Revision | None:
        if name is not None and not on_disk:
            raise ConfigurationError(f"{option} compares files on disk and does not go with standard input")
        return Revision.find(root, name, option) if name is not None else None

    return Postponing(
        Baseline.read(settings.baseline) if settings.baseline is not None else None,
        settings.strict_baseline,
        revision("--diff-only", diff_only),
        revision("--baseline-commit", baseline_commit),
    )


def _reduced(report: Report, findings: tuple[Finding, ...], run: Run) -> Report:
    code = report.exit_code if report.exit_code == 2 else exit_code(findings, run.fail_on)
    return structs.replace(report, findings=findings, exit_code=code)


def _touched(revision: Revision, report: Report, run: Run) -> tuple[Finding, ...]:
    """The findings that land on an added line, or whose way there leads over one."""
    added = revision.added()

    def is_touched(finding: Finding) -> bool:
        places = (finding.location, *(step.location for step in finding.trace if not step.aside))
        return any(added.touches(run.absolute(place.path), place.line, place.end_line) for place in places)

    return tuple(each for each in report.findings if each.code in _ALWAYS or is_touched(each))


def _unknown_to(revision: Revision, report: Report, run: Run) -> tuple[Finding, ...]:
    """The findings that the project of the revision did not have, renamed files or not."""

    def name(path: str) -> str:
        return revision.name(run.absolute(path))

    known = fingerprints(report.findings, report.read, name)
    old = frozenset(_of(revision, revision.name(run.discovery.root), run))
    return tuple(each for each in report.findings if each.code in _ALWAYS or known[each] not in old)


def _of(revision: Revision, below: str, run: Run) -> list[Fingerprint]:
    """The fingerprints of the revision's findings, under the names that its files have today."""
    from tempfile import TemporaryDirectory

    renamed = revision.renamed()

    def name(path: str) -> str:
        then = path if below == "." else f"{below}/{path}"
        return renamed.get(then, then)

    with TemporaryDirectory(prefix="celery-lint-") as directory:
        revision.write_to(directory, "" if below == "." else below)
        root = os.path.normpath(os.path.join(directory, below))
        if not os.path.isdir(root):
            return []
        report = run.elsewhere(root)
        return list(fingerprints(report.findings, report.read, name).values())
