"""`celery-lint check --add-ignore`: comments for all that is found."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from celery_lint.cli.command import Command
from celery_lint.cli.terminal import complain, print_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from celery_lint.finding import Finding
    from celery_lint.report import Report

__all__ = ["IgnoringCommand", "add", "option"]

_FLAG = "--add-ignore"


class IgnoringCommand(Command):
    """A command whose `--add-ignore` has its value behind `=` or none; the next word is never it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        end = args.index("--") if "--" in args else len(args)
        spelled = [f"{each}=" if each == _FLAG and number < end else each for number, each in enumerate(args)]
        return super().parse_args(ctx, spelled)


def option() -> click.Option:
    return click.Option(
        [_FLAG],
        metavar="[=REASON]",
        help="Write a comment that silences each finding into the code, with this reason, and report nothing.",
    )


def add(report: Report, reason: str) -> int:
    """Write the comments and say how many. 2 when the run was not whole or a file could not be written."""
    from celery_lint.report import about_the_run

    problems = [*report.errors, *(finding.message for finding in report.findings if about_the_run(finding))]
    by_path: dict[str, list[Finding]] = {}
    for finding in report.findings:
        if finding.category != "tool":
            by_path.setdefault(finding.location.path, []).append(finding)
    added, files = 0, 0
    for path, findings in by_path.items():
        try:
            count = _annotate(report, path, findings, reason)
        except OSError as error:
            problems.append(f"{path}: cannot be written: {error.strerror}")
            continue
        added, files = added + count, files + (count > 0)
    told = [finding for finding in report.findings if finding.category == "tool" and not about_the_run(finding)]
    _leave(told, "is about the file itself and is left")
    words = (f"{number} {noun}{'' if number == 1 else 's'}" for number, noun in ((added, "comment"), (files, "file")))
    print_lines([f"Added {' to '.join(words)}."])
    for problem in problems:
        complain(problem)
    return 2 if problems else 0


def _annotate(report: Report, path: str, findings: Sequence[Finding], reason: str) -> int:
    """How many comments were written into the file. Raises OSError."""
    from celery_lint.annotation import annotate
    from celery_lint.writing import replace_file

    done = annotate(path, report.read(path), findings, reason)
    if done.added:
        replace_file(os.path.join(report.base, path), done.content)
    _leave(done.left, "has no place for a comment and is left")
    return done.added


def _leave(findings: Sequence[Finding], why: str) -> None:
    places = ((finding.location, finding.code) for finding in findings)
    notes = (f"celery-lint: {place.path}:{place.line}:{place.column}: {code} {why}" for place, code in places)
    print_lines(notes, error=True)
