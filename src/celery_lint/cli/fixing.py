"""What `celery-lint check` does with fixes: makes them, or shows them as a patch."""

from __future__ import annotations

import sys
from collections import Counter
from contextlib import nullcontext, redirect_stdout
from typing import TYPE_CHECKING, Any

import click
from msgspec import structs

from celery_lint.cli.terminal import print_lines, progress

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from celery_lint.engine import Plan
    from celery_lint.finding import Finding
    from celery_lint.fixing import Fixing
    from celery_lint.report import Report

__all__ = ["fix_and_tell", "is_wanted", "parameters"]


def parameters() -> list[click.Parameter]:
    """The options about fixes that are no settings."""
    return [
        click.Option(["--diff"], is_flag=True, help="Write no file: print what --fix would change, as a patch."),
        click.Option(["--fix-only"], is_flag=True, help="Fix, and report nothing of what is left."),
        click.Option(["--show-fixes"], is_flag=True, help="List what was fixed."),
        click.Option(["--exit-non-zero-on-fix"], is_flag=True, help="Exit with 1 when something was fixed, too."),
    ]


def is_wanted(planned: Plan, given: Mapping[str, Any]) -> bool:
    return bool(planned.settings.fix or given["diff"] or given["fix_only"])


def fix_and_tell(planned: Plan, given: Mapping[str, Any], tell: Callable[[Report], bool]) -> int:
    """Make the fixes, `tell` what is left, which may fail, and give the exit code.

    With standard input the fixed file goes to standard output, and everything else to standard error.
    """
    from celery_lint.fixing import fix

    with progress() as stage:
        made = fix(planned, stage=stage)
        errors: tuple[str, ...] = ()
        if not given["diff"] and not planned.overlay:
            made, errors = _written(planned, made, stage)
    report = structs.replace(made.report, fixed=made.fixed, errors=(*made.report.errors, *made.failures, *errors))
    failed = bool(errors) or made.report.exit_code == 2
    if given["diff"]:
        _show_patch(report, made)
        return 2 if failed else int(bool(made.changes) and not given["exit_zero"])
    if planned.overlay:
        _put_out(*([change.after for change in made.changes] or planned.overlay.values()))
    if given["show_fixes"]:
        print_lines(_list(made.fixed), error=True)
    if given["fix_only"]:
        print_lines((f"celery-lint: {error}" for error in report.errors), error=True)
        if not given["quiet"]:
            print_lines([_fixed(made.fixed)], error=True)
        code = 0
    else:
        with redirect_stdout(sys.stderr) if planned.overlay else nullcontext():
            failed = not tell(report) or failed
        code = 0 if given["exit_zero"] else report.exit_code
    if failed:
        return 2
    return code or int(bool(made.fixed) and given["exit_non_zero_on_fix"])


def _written(planned: Plan, made: Fixing, stage: Callable[[str], None]) -> tuple[Fixing, tuple[str, ...]]:
    """Writes the changes. Files that cannot be written are left out, with the fixes that reach into them."""
    from celery_lint.fixing import fix
    from celery_lint.fixing.files import WritingError, check, write

    errors = {}
    for change in made.changes:
        try:
            check(change)
        except WritingError as error:
            errors[change.path] = f"{change.path}: {error}"
    if errors:
        made = fix(planned, leave=frozenset(errors), stage=stage)
    unwritten = set()
    for change in made.changes:
        try:
            write(change)
        except WritingError as error:
            unwritten.add(change.path)
            errors[change.path] = f"{change.path}: {error}"
    if unwritten:
        from celery_lint.engine import run

        fixed = tuple(each for each in made.fixed if each.fix and not unwritten & {e.path for e in each.fix.edits})
        made = structs.replace(made, report=run(planned, stage=stage), fixed=fixed)
    return made, tuple(errors.values())


def _show_patch(report: Report, made: Fixing) -> None:
    from celery_lint.fixing.patch import patch

    _put_out(patch(made.changes))
    notes = [f"celery-lint: warning: {warning}" for warning in report.warnings]
    notes += [f"celery-lint: {error}" for error in report.errors]
    hidden = sum(finding.fix is not None and not report.is_fixable(finding) for finding in report.findings)
    more = f" ({hidden} more with `--unsafe-fixes`)" if hidden else ""
    print_lines([*notes, f"{_fixed(made.fixed, 'Would fix')[:-1]}{more}."], error=True)


def _put_out(*data: bytes) -> None:
    sys.stdout.flush()
    sys.stdout.buffer.write(b"".join(data))
    sys.stdout.buffer.flush()


def _fixed(fixed: tuple[Finding, ...], verb: str = "Fixed") -> str:
    return f"{verb} {len(fixed)} {'problem' if len(fixed) == 1 else 'problems'}."


def _list(fixed: tuple[Finding, ...]) -> Iterator[str]:
    """Which rules were fixed how often, by file."""
    if fixed:
        yield f"{_fixed(fixed)[:-1]}:"
    files: dict[str, Counter[str]] = {}
    for finding in fixed:
        files.setdefault(finding.location.path, Counter())[f"{finding.code} ({finding.name})"] += 1
    for path, rules in files.items():
        yield f"- {path}:"
        yield from (f"    {count} × {rule}" for rule, count in sorted(rules.items()))
