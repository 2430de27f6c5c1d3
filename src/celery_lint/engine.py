"""The pipeline from a request to a report. Prints nothing."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from msgspec import structs

from celery_lint.cache import Cache
from celery_lint.config import ConfigurationError
from celery_lint.discover import discover
from celery_lint.memory import Memory
from celery_lint.planning import Plan, Request, plan
from celery_lint.postponing import Comparison, Postponing, Run, compare

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from concurrent.futures import Executor

    from celery_lint.baseline import Baseline
    from celery_lint.project import Project
    from celery_lint.report import Report

    PathName = str | os.PathLike[str]

__all__ = ["Plan", "Request", "check", "compared", "plan", "run", "surveyed"]


def check(paths: PathName | Iterable[PathName] = (".",), *, executor: Executor | None = None, **options: Any) -> Report:
    """Check the project that the paths name and report on those paths.

    Options go by their names in the configuration, with underscores: `select=["CLT1"]`, `persona="pedantic"`,
    `min_severity="warning"`. Besides there are `config` (a file), `isolated`, `root`, `force_exclude`,
    `stdin` (bytes), `stdin_filename` and `plugin_files`. No code of the project is run. `executor` is any of
    `concurrent.futures`, or what a cluster gives as one: it parses files, and the report is the same with it. Raises
    ConfigurationError when what is asked for cannot be done as written.
    """
    listed = (paths,) if isinstance(paths, (str, os.PathLike)) else tuple(paths)
    own = {name: options.pop(name) for name in Request.__struct_fields__ if name in options}
    named = {name.replace("_", "-"): value for name, value in options.items()}
    return run(plan(Request(paths=tuple(os.fspath(path) for path in listed), options=named, **own)), executor=executor)


def run(plan: Plan, *, stage: Callable[[str], None] = lambda _: None, executor: Executor | None = None) -> Report:
    """Check the files of a plan. `stage` is told what is being done, `executor` parses files."""
    report = _report(plan, stage, executor)
    return report if plan.postponing == Postponing() else plan.postponing.applied(report, _circumstances(plan, stage))


def surveyed(plan: Plan, *, stage: Callable[[str], None] = lambda _: None) -> tuple[Project, Report]:
    """The project of a plan, read and linked, and everything that is found in it, whatever is put off."""
    from celery_lint.analysis import Analysis

    analysis = Analysis(plan, stage)
    report = analysis.report()
    return analysis.project, report


def compared(plan: Plan, baseline: Baseline, *, stage: Callable[[str], None] = lambda _: None) -> Comparison:
    """Check the files of a plan and hold what is found against a baseline. Raises ConfigurationError when that cannot
    be done."""
    report = _report(plan, stage)
    if report.exit_code == 2:
        crashes = [finding.message for finding in report.findings if finding.code == "CLT001"]
        raise ConfigurationError("; ".join((*report.errors, *crashes)))
    return compare(baseline, report, _circumstances(plan, stage))


def _circumstances(plan: Plan, stage: Callable[[str], None]) -> Run:
    settings = plan.settings

    def elsewhere(root: str) -> Report:
        excluded = (*settings.exclude, *settings.extend_exclude)
        found = discover(
            (root,), root=root, configured=True, exclude=excluded, respect_gitignore=settings.respect_gitignore
        )
        return _report(Plan(settings, found, root, root, {}, plugins=plan.plugins), stage)

    def absolute(path: str) -> str:
        return os.path.normpath(os.path.join(plan.base, path))

    return Run(plan.discovery, settings.fail_on, absolute, elsewhere)


def _report(plan: Plan, stage: Callable[[str], None], executor: Executor | None = None) -> Report:
    """Everything that is found, whatever is put off."""
    if plan.cache is None:
        from celery_lint.analysis import Analysis

        report = Analysis(plan, stage, executor=executor).report()
    else:
        report = _remembered(plan, Cache(plan.cache), stage, executor)
    return structs.replace(report, base=plan.base, repository=plan.repository, unsafe_fixes=plan.settings.unsafe_fixes)


def _remembered(plan: Plan, cache: Cache, stage: Callable[[str], None], executor: Executor | None) -> Report:
    """What an earlier run found that was asked the same of the same files; else what is worked out with its help."""
    discovery = plan.discovery
    named = discovery.named and sorted(discovery.named)
    plugins = [plugin.identity for plugin in plan.plugins]
    asked = *map(repr, (plan.settings, plugins, os.path.relpath(plan.base, discovery.root), named)), *discovery.errors
    files = (*discovery.files, *discovery.deployment)
    memory = Memory(cache, discovery.root, files, plan.overlay, (*asked, *discovery.warnings))
    report = memory.outcome()
    if report is not None:
        report = structs.replace(report, read=plan.read)
    else:
        from celery_lint.analysis import Analysis

        analysis = Analysis(plan, stage, memory, executor)
        report = analysis.report()
        if report.exit_code < 2:
            memory.keep(report, analysis.project.looked_for)
            memory.learn(analysis.project.sources)
    cache.close()
    return structs.replace(report, warnings=(*report.warnings, *cache.warnings))
