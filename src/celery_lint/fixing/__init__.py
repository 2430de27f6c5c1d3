"""Fixes that are made: round after round, in memory, until nothing is left to make.

A file is written when all is done, and only with fixes that did what they promise: it still compiles, their
findings are gone, and no other has come up. Else it stays as it was. What comes up in tests, which expect what was
sent at once, stops safe fixes; somebody who takes unsafe ones is told of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, structs

from celery_lint.engine import Plan, run
from celery_lint.finding import Applicability, Edit, Finding
from celery_lint.fixing.splice import Splice, SpliceError, compiles, overlap
from celery_lint.inspection.source import DecodingError
from celery_lint.pages import find_page

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from celery_lint.finding import Location
    from celery_lint.report import Report

__all__ = ["ROUNDS", "Change", "Fixing", "fix"]

ROUNDS = 20
"""Fixes that overlap wait for the next round; more rounds than this mean that they do not come to an end."""


class Change(Struct, frozen=True):
    """A file before and after; `path` is as users see it, `place` is where it lies."""

    path: str
    place: str
    before: bytes
    after: bytes


class Fixing(Struct, frozen=True):
    """What was fixed, which files change, what is left, and, one line each, what did not work."""

    fixed: tuple[Finding, ...]
    changes: tuple[Change, ...]
    report: Report
    failures: tuple[str, ...]


def fix(plan: Plan, *, leave: frozenset[str] = frozenset(), stage: Callable[[str], None] = lambda _: None) -> Fixing:
    """Fix what can be fixed in the files that are reported on, but for those to `leave`; nothing is written.

    Unsafe fixes are made if the plan's settings say so.
    """
    return _Rounds(plan, leave, stage).fixing()


class _Rounds:
    """The files while they change, by their paths as users see them."""

    def __init__(self, plan: Plan, leave: frozenset[str], stage: Callable[[str], None]) -> None:
        self.plan = plan
        self.whole = structs.replace(plan, discovery=structs.replace(plan.discovery, named=None))
        self.stage = stage
        self.originals: dict[str, bytes] = {}
        self.files: dict[str, bytes] = {}
        self.fixed: list[Finding] = []
        self.frozen = set(leave)
        self.failures: list[str] = []

    def fixing(self) -> Fixing:
        report = before = self.checked(self.plan)
        is_part = self.plan.discovery.named is not None
        for _ in range(ROUNDS):
            chosen = self.chosen(report.findings)
            if not chosen:
                break
            if is_part and before is report:
                before = self.checked(self.whole)
            before = self.round(before, chosen)
            report = self.checked(self.plan) if is_part else before
        else:
            if self.chosen(report.findings):
                self.failures.append(f"there is still something to fix after {ROUNDS} rounds")
        changes = (
            Change(path, self.plan.place(path), self.originals[path], after)
            for path, after in sorted(self.files.items())
            if after != self.originals[path]
        )
        fixed = sorted(self.fixed, key=lambda finding: finding.sort_key)
        return Fixing(tuple(fixed), tuple(changes), report, tuple(self.failures))

    def checked(self, plan: Plan) -> Report:
        """The report on the files as they are now."""
        overlay = {plan.stored(path): data for path, data in self.files.items()}
        return run(structs.replace(plan, overlay={**plan.overlay, **overlay}), stage=self.stage)

    def chosen(self, findings: Iterable[Finding]) -> list[Finding]:
        """Those whose fixes can be made together, the first ones first."""
        chosen: list[Finding] = []
        edits: dict[str, set[Edit]] = {}
        for finding in findings:
            if not self.is_applicable(finding):
                continue
            wanted = finding.fix.edits if finding.fix is not None else ()
            if not any(overlap(edit, other) for edit in wanted for other in edits.get(edit.path, ())):
                chosen.append(finding)
                for edit in wanted:
                    edits.setdefault(edit.path, set()).add(edit)
        return chosen

    def is_applicable(self, finding: Finding) -> bool:
        """A fix is made when it is safe enough, and in files that were asked about."""
        fix, named = finding.fix, self.plan.discovery.named
        if fix is None or not fix.edits:
            return False
        if fix.applicability is Applicability.UNSAFE and not self.plan.settings.unsafe_fixes:
            return False
        paths = {edit.path for edit in fix.edits}
        return not paths & self.frozen and (named is None or all(self.plan.stored(path) in named for path in paths))

    def round(self, report: Report, chosen: Sequence[Finding]) -> Report:
        """Makes the fixes, and takes back those of files where they did not work; the reports are on all files, those
        that nobody asked about too, before and after it."""
        splices: dict[str, Splice] = {}
        failed: dict[str, str] = {}
        for path in sorted(set().union(*map(_paths, chosen))):
            data = report.read(path)
            self.originals.setdefault(path, data)
            edits = {edit for finding in chosen if finding.fix for edit in finding.fix.edits if edit.path == path}
            try:
                splices[path] = splice = Splice(path, data, tuple(edits))
            except (SpliceError, DecodingError) as error:
                failed[path] = str(error)
                continue
            self.files[path] = splice.data
            if path.endswith(".py") and compiles(data) and not compiles(splice.data):
                failed[path] = f"with {_named(chosen, path)} fixed it would not compile any more"
        self.fixed += chosen
        while True:
            self.take_back(failed)
            after = self.checked(self.whole)
            kept = {finding for finding in chosen if any(finding is each for each in self.fixed)}
            failed = self.unfulfilled(report.findings, after.findings, splices, kept)
            if not failed:
                return after

    def unfulfilled(
        self,
        before: Sequence[Finding],
        after: Sequence[Finding],
        splices: Mapping[str, Splice],
        made: Collection[Finding],
    ) -> dict[str, str]:
        """By file what its fixes did not do: findings of theirs that are still there, and findings that are new."""
        fixed = [finding for finding in before if finding in made]
        surplus = [each for each in after if each.location.path not in self.frozen and not self.is_told(each)]
        for finding in before:
            if finding not in made:
                same = next((each for each in surplus if _is_at(each, finding, splices)), None)
                if same is not None:
                    surplus.remove(same)
        failed: dict[str, str] = {}
        for each in surplus:
            still = next((finding for finding in fixed if _is_at(each, finding, splices)), None)
            if still is not None and not _has_moved(_end(still), _end(each), splices):
                continue  # the place has a second fault, which the first one hid
            if still is not None:
                reason = f"with {still.code} on line {still.location.line} fixed it would still be there"
                touched = _paths(still)
            else:
                reason = f"a fix would bring up {each.code} on line {each.location.line} of {each.location.path}"
                touched = {each.location.path, *(step.location.path for step in each.trace)}
            changed = splices.keys() - self.frozen
            for path in touched & changed or changed:
                failed.setdefault(path, reason)
        return failed

    def is_told(self, finding: Finding) -> bool:
        """Whether a finding that comes up is no reason to leave a file as it was: it is about tests, or a file that
        cannot be read, which rules only now look into."""
        if finding.code == "CLT002" and finding.location.path not in self.files:
            return True
        page = find_page(finding.code)
        own = any(each.code == finding.code for each in self.fixed)
        return page is not None and page.scope == "tests" and self.plan.settings.unsafe_fixes and not own

    def take_back(self, failed: Mapping[str, str]) -> None:
        """The files are again what they were at first, with those that share a fix with them."""
        files = set(failed)
        while more := set().union(*(_paths(each) for each in self.fixed if _paths(each) & files)) - files:
            files |= more
        for path in files:
            self.files.pop(path, None)
        self.fixed = [finding for finding in self.fixed if not _paths(finding) & files]
        self.frozen |= files
        self.failures += (f"{path}: left as it was: {reason}" for path, reason in sorted(failed.items()))


def _paths(finding: Finding) -> set[str]:
    return {edit.path for edit in finding.fix.edits} if finding.fix is not None else set()


def _named(chosen: Iterable[Finding], path: str) -> str:
    """`CLT101 on line 12`, of the first that changes the file."""
    finding = next(each for each in chosen if path in _paths(each))
    return f"{finding.code} on line {finding.location.line}"


def _is_at(each: Finding, finding: Finding, splices: Mapping[str, Splice]) -> bool:
    """Whether `each` is the finding, in the place that it has after the edits."""
    return each.code == finding.code and _has_moved(finding.location, each.location, splices)


def _end(finding: Finding) -> Location:
    """Where the way of a finding ends."""
    return next((step.location for step in reversed(finding.trace) if not step.aside), finding.location)


def _has_moved(place: Location, to: Location, splices: Mapping[str, Splice]) -> bool:
    """Whether a place is there after the edits."""
    if place.path != to.path:
        return False
    splice = splices.get(place.path)
    at = (place.line, place.column)
    first, last = splice.moved(*at) if splice is not None else (at, at)
    return first <= (to.line, to.column) <= last
