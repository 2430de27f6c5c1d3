"""One pass over a project: rules, comments, inspection, findings. Prints nothing."""

from __future__ import annotations

import os
import time
import traceback
from contextlib import contextmanager
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from celery_lint.config import applicability, configured_severity, enabled_rules, matches
from celery_lint.discover import Globs
from celery_lint.facts import deep_recursion
from celery_lint.finding import Confidence, Finding, Location, Nomination, Severity, Silenced, Suggestion
from celery_lint.project import Project
from celery_lint.report import Report, Unconfirmed, exit_code
from celery_lint.suppress import OWN_TEXTS, Suppressions, may_suppress

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from concurrent.futures import Executor

    from celery_lint.memory import Memory
    from celery_lint.pages import Page
    from celery_lint.planning import Plan
    from celery_lint.suppress import Directive

__all__ = ["Analysis"]

_DEBUG = "CELERY_LINT_DEBUG"


class _Nominee(Struct, frozen=True):
    page: Page
    nomination: Nomination

    @property
    def severity(self) -> Severity:
        return self.nomination.severity or self.page.severity

    @property
    def confidence(self) -> Confidence:
        return self.nomination.confidence or self.page.confidence


class Analysis:
    """One pass through the pipeline."""

    def __init__(
        self, plan: Plan, stage: Callable[[str], None], memory: Memory | None = None, executor: Executor | None = None
    ) -> None:
        self.plan = plan
        self.memory = memory
        self.stage = stage
        self.timings: dict[str, float] = {}
        self.severities = {page.name: configured_severity(plan.settings, page) for page in plan.pages}
        self.pages = {page.name: self.with_severity(page) for page in plan.pages}
        self.codes = {page.code: page for page in self.pages.values()}
        self.enabled = enabled_rules(plan.settings, self.pages.values())
        self.ignores = [(Globs([glob]), selectors) for glob, selectors in plan.settings.per_file_ignores]
        self.crashes: list[Finding] = []
        self.shut: list[str] = []
        self.comments: dict[str, Suppressions | None] = {}
        with self.timed("index"):
            self.project = Project(
                plan.discovery.root,
                plan.discovery.files,
                deployment=plan.discovery.deployment,
                overlay=plan.overlay,
                target_celery=plan.settings.target_celery,
                recall=memory,
                sieve=plan.sieve,
            )
            if executor is not None:
                self.project.parse_ahead(executor)

    def report(self) -> Report:
        self.stage(f"reading {len(self.plan.discovery.files)} files")
        is_empty = not self.plan.discovery.files and not self.plan.discovery.deployment
        ran, nominees = (frozenset(), []) if is_empty else self.nominees()
        with self.timed("comments"):
            silencers = [self.silencer(nominee) for nominee in nominees]
        loud = [nominee for nominee, silencer in zip(nominees, silencers, strict=True) if silencer is None]
        wanted = [nominee for nominee in loud if self.is_in_question(nominee)]
        kept = [nominee for nominee in wanted if self.is_heavy(nominee)]
        findings, unconfirmed = self.inspected(kept) if kept else ([], [])
        findings += self.unreadable()
        with self.timed("comments"):
            findings += self.comment_findings(ran)
        findings += self.crashes
        unique = {(f.code, f.location, f.message): f for f in sorted(findings, key=lambda f: f.sort_key, reverse=True)}
        shown = sorted((finding.relocated(self.plan.shown) for finding in unique.values()), key=lambda f: f.sort_key)
        return Report(
            findings=tuple(shown),
            file_count=self.file_count(),
            unconfirmed=tuple(structs.replace(each, location=self.moved(each.location)) for each in unconfirmed),
            errors=self.plan.discovery.errors,
            warnings=self.warnings(),
            exit_code=self.exit_code(shown),
            silenced=self.silenced(zip(nominees, silencers, strict=True)),
            faint=tuple(finding.relocated(self.plan.shown) for finding in self.faint(wanted)),
            ran=ran | {name for name in self.enabled if self.pages[name].category == "tool"},
            timings={**self.project.timings, **self.timings},
            read=self.read,
        )

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Adds the CPU seconds of the block to the stage, without those that the project counts itself."""
        before = time.process_time() - self.project_seconds()
        try:
            yield
        finally:
            spent = time.process_time() - self.project_seconds() - before
            self.timings[stage] = self.timings.get(stage, 0.0) + max(spent, 0.0)

    def project_seconds(self) -> float:
        project = getattr(self, "project", None)
        return sum(project.timings.values()) if project is not None else 0.0

    def nominees(self) -> tuple[frozenset[str], list[_Nominee]]:
        """The names of the rules that ran to their end, and what they nominate in the scopes they are for."""
        ran: set[str] = set()
        nominees: list[_Nominee] = []
        if all(self.pages[name].category == "tool" for name in self.enabled):
            return frozenset(), nominees
        from celery_lint.rules import load_rules

        rules = {**load_rules(), **{plugin.page.name: plugin.rule for plugin in self.plan.plugins}}
        for name, rule in sorted(rules.items()):
            page = self.pages.get(name)
            if page is None or name not in self.enabled:
                continue
            self.stage(name)
            try:
                with self.timed("rules"), deep_recursion():
                    for nomination in rule(self.project):
                        if self.is_in_scope(page, nomination.location.path):
                            nominees.append(self.nominee(page, nomination))
            except Exception as error:
                self.crashed(name, error)
            else:
                ran.add(name)
        return frozenset(ran), nominees

    def with_severity(self, page: Page) -> Page:
        """The page with the severity that the configuration gives to its rule."""
        return structs.replace(page, severity=self.severities[page.name] or page.severity)

    def nominee(self, page: Page, nomination: Nomination) -> _Nominee:
        """What is configured for a rule goes for each of its places."""
        if nomination.severity is not None and self.severities[page.name] is not None:
            nomination = structs.replace(nomination, severity=None)
        return _Nominee(page, nomination)

    def is_in_scope(self, page: Page, path: str) -> bool:
        if page.scope == "both":
            return True
        return (self.project.scope(path) == "tests") == (page.scope == "tests")

    def crashed(self, name: str, error: Exception) -> None:
        """CLT001 instead of a traceback: which rule, what it raised, and where."""
        if os.environ.get(_DEBUG):
            raise error
        frames = traceback.extract_tb(error.__traceback__)
        where = f" at {os.path.basename(frames[-1].filename)}:{frames[-1].lineno}" if frames else ""
        what = " ".join(f"{type(error).__name__}: {error}".split())
        values = {"rule": name, "error": what + where}
        finding = self.own_finding("CLT001", Location(".", 1, 1, 1, 1), values)
        self.crashes.append(structs.replace(finding, severity=Severity.ERROR))

    def suppressions(self, path: str, *, nominated: bool) -> Suppressions | None:
        """The comments of a file, read once; None when it has none."""
        if self.comments.get(path) is None and (nominated or path not in self.comments):
            try:
                source = self.project.source(path)
            except (OSError, KeyError):
                source = b""
            wanted = may_suppress(source, nominated=nominated)
            self.comments[path] = Suppressions(path, source) if wanted else None
        return self.comments[path]

    def silencer(self, nominee: _Nominee) -> Directive | None:
        """The comment that silences it."""
        nomination = nominee.nomination
        comments = self.suppressions(nomination.location.path, nominated=True)
        page = nominee.page
        if comments is None:
            return None
        return comments.silencer(page.code, page.name, nomination.statement, nomination.location)

    def silenced(self, nominees: Iterable[tuple[_Nominee, Directive | None]]) -> tuple[Silenced, ...]:
        """What comments silence of what would be reported, if that is to be shown."""
        if not self.plan.settings.show_suppressed:
            return ()
        found = []
        for nominee, silencer in nominees:
            if silencer is not None and self.is_in_question(nominee) and self.is_heavy(nominee):
                findings, _ = self.inspected([nominee])
                relocated = (finding.relocated(self.plan.shown) for finding in findings)
                found += [Silenced(each, silencer.comment.line, silencer.reason) for each in relocated]
        unique = {(each.finding.code, each.finding.location, each.finding.message): each for each in reversed(found)}
        return tuple(sorted(unique.values(), key=lambda each: each.finding.sort_key))

    def is_heavy(self, nominee: _Nominee) -> bool:
        settings = self.plan.settings
        return nominee.severity >= settings.min_severity and nominee.confidence >= settings.min_confidence

    def is_in_question(self, nominee: _Nominee) -> bool:
        places = (
            nominee.nomination.location,
            *(step.location for step in nominee.nomination.trace if not step.aside),
        )
        named = any(self.is_named(place.path) for place in places)
        return named and not self.is_ignored(nominee.page, nominee.nomination.location.path)

    def is_named(self, path: str) -> bool:
        named = self.plan.discovery.named
        return named is None or path in named

    def is_ignored(self, page: Page, path: str) -> bool:
        return any(
            globs.match(path) and any(matches(selector, page.code, page.name) for selector in selectors)
            for globs, selectors in self.ignores
        )

    def inspected(self, nominees: Sequence[_Nominee]) -> tuple[list[Finding], list[Unconfirmed]]:
        """Findings for what the concrete tree confirms, and the nominees that it does not."""
        self.stage(f"inspecting {len(nominees)} places")
        with self.timed("inspection"):
            from celery_lint.inspection import inspect

            verdicts = inspect([nominee.nomination for nominee in nominees], self.project.source, self.memory)
        unconfirmed: list[Unconfirmed] = []
        confirmed: list[tuple[_Nominee, Location, Suggestion | None]] = []
        for nominee, verdict in zip(nominees, verdicts, strict=True):
            if verdict.confirmed:
                confirmed.append((nominee, verdict.location, verdict.suggestion))
            else:
                nomination = nominee.nomination
                unconfirmed.append(Unconfirmed(nomination.rule, nomination.location, verdict.reason))
        return list(self.written(confirmed)), unconfirmed

    def written(self, nominees: Iterable[tuple[_Nominee, Location, Suggestion | None]]) -> Iterator[Finding]:
        """The nominees as findings, at the places and with the fixes given."""
        for nominee, location, fix in nominees:
            try:
                yield self.finding(nominee, location, fix)
            except (KeyError, IndexError, ValueError) as error:
                self.crashed(nominee.page.name, error)

    def faint(self, nominees: Iterable[_Nominee]) -> Iterator[Finding]:
        """The nominees that are too light to be reported, as they stand in the code."""
        light = (nominee for nominee in nominees if not self.is_heavy(nominee))
        return self.written((nominee, nominee.nomination.location, None) for nominee in light)

    def finding(self, nominee: _Nominee, location: Location, suggestion: Suggestion | None) -> Finding:
        page, nomination = nominee.page, nominee.nomination
        if suggestion is not None:
            known = applicability(self.plan.settings, page, suggestion.applicability)
            suggestion = structs.replace(suggestion, applicability=known)
        return Finding(
            code=page.code,
            name=page.name,
            category=page.category,
            location=location,
            statement=nomination.statement,
            message=page.message.format(**nomination.values),
            why=page.why,
            severity=nominee.severity,
            confidence=nominee.confidence,
            label=nomination.label,
            trace=tuple(
                structs.replace(step, location=location) if step.location == nomination.location else step
                for step in nomination.trace
            ),
            fix=suggestion,
        )

    def own_finding(
        self, code: str, location: Location, values: Mapping[str, str], fix: Suggestion | None = None
    ) -> Finding:
        """A finding of the tool's own."""
        page = self.codes[code]
        nomination = Nomination(page.name, location, location, dict(values))
        return self.finding(_Nominee(page, nomination), location, fix)

    def is_own_wanted(self, code: str, location: Location) -> bool:
        page = self.codes[code]
        nominee = _Nominee(page, Nomination(page.name, location, location))
        wanted = page.name in self.enabled and self.is_heavy(nominee) and self.is_in_question(nominee)
        return wanted and self.silencer(nominee) is None

    def unreadable(self) -> Iterator[Finding]:
        """CLT002 for files that were named, or that look as if they mattered."""
        named = self.plan.discovery.named or frozenset()
        for path in sorted(named.intersection(self.plan.discovery.files)):
            self.project.check_file(path)
        for file in self.project.unreadable:
            on_disk = os.path.join(self.plan.discovery.root, file.path)
            if file.path not in self.plan.overlay and not os.access(on_disk, os.R_OK):
                self.shut.append(f"{self.plan.shown(file.path)}: cannot be read: {file.message}")
            elif file.relevant or file.path in named:
                place = Location(file.path, file.line, file.column, file.line, file.column + 1)
                if self.is_own_wanted("CLT002", place):
                    yield self.own_finding("CLT002", place, {"problem": file.message})

    def comment_findings(self, ran: frozenset[str]) -> Iterator[Finding]:
        """CLT003, CLT004 and CLT005 for the comments of the files that are reported on."""
        if not self.enabled & {self.codes[code].name for code in ("CLT003", "CLT004", "CLT005")}:
            return
        speaking = {path for text in OWN_TEXTS for path in self.project.sources.files_with_text(text)}
        files = (path for path in self.plan.discovery.files if path in speaking or path in self.comments)
        for path in (*files, *self.project.services.files):
            if not self.is_named(path):
                continue
            comments = self.suppressions(path, nominated=False)
            if comments is None:
                continue
            required = self.plan.settings.require_reason
            for problem in comments.problems(list(self.pages.values()), ran, require_reason=required):
                if self.is_own_wanted(problem.code, problem.location):
                    finding = self.own_finding(problem.code, problem.location, problem.values, problem.fix)
                    yield structs.replace(finding, message=problem.message or finding.message)

    def moved(self, place: Location) -> Location:
        return structs.replace(place, path=self.plan.shown(place.path))

    def read(self, path: str) -> bytes:
        return self.project.source(self.plan.stored(path))

    def file_count(self) -> int:
        named = self.plan.discovery.named
        files = (*self.plan.discovery.files, *self.project.services.files)
        return len(files) if named is None else sum(path in named for path in files)

    def warnings(self) -> tuple[str, ...]:
        found = (*self.plan.discovery.warnings, *self.shut)
        if not self.plan.discovery.files and not self.plan.discovery.errors:
            found = (*found, "no Python files found")
        return found

    def exit_code(self, findings: Sequence[Finding]) -> int:
        if self.crashes or self.plan.discovery.errors:
            return 2
        return exit_code(findings, self.plan.settings.fail_on)
