"""`celery-lint check`."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import click

from celery_lint.cli import ignoring, output
from celery_lint.cli.completion import complete_selectors
from celery_lint.cli.terminal import UsageError, complain, print_lines, progress

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from celery_lint.config import Option
    from celery_lint.engine import Plan, Request
    from celery_lint.report import Report

__all__ = ["command", "project_options", "request"]

_EXAMPLES = (
    ("the project in this directory", "celery-lint check"),
    ("report on one file; the others are read to understand it", "celery-lint check shop/views.py"),
    ("some rules only, by code, prefix or name", "celery-lint check --select CLT1 --ignore CLT107"),
    ("for people, and for programs", "celery-lint check --output sarif:celery-lint.sarif"),
    ("print warnings, but let them pass", "celery-lint check --fail-on error"),
    ("what changed since main", "celery-lint check --diff-only main"),
    ("make the safe fixes", "celery-lint check --fix"),
    ("what an editor has not saved yet", "celery-lint check --stdin-filename shop/views.py - < buffer"),
)
_NO_VARIABLES = ("show-files", "show-settings", "stdin-filename", "add-ignore", "plugin")


def command() -> click.Command:
    from celery_lint.cli import fixing
    from celery_lint.config import LEVELS, OPTIONS

    parameters: list[click.Parameter] = [
        *project_options(),
        *output.options(),
        click.Option(["--no-baseline"], is_flag=True, help="Leave nothing out for a baseline."),
        click.Option(["--diff-only"], metavar="REV", help="Report what touches a line added since this revision."),
        click.Option(
            ["--baseline-commit"], metavar="REV", help="Report what this revision of the project did not have."
        ),
        ignoring.option(),
        *fixing.parameters(),
        click.Option(["-e", "--exit-zero"], is_flag=True, help="Exit with 0 when there are findings."),
        click.Option(
            ["--stdin-filename", "--stdin-display-name", "stdin_filename"],
            metavar="PATH",
            help="With `-`: the file of the project that standard input is the content of.",
        ),
        click.Option(
            ["--color"],
            type=click.Choice(["auto", "always", "never"]),
            default="auto",
            help="When to colour the output.",
        ),
        click.Option(["--show-files"], is_flag=True, help="List the files that would be reported on, and stop."),
        click.Option(["--show-settings"], is_flag=True, help="Print every setting with its source, and stop."),
        click.Option(
            ["-v", "--verbose"],
            is_flag=True,
            help="Also tell where the time went and what could not be confirmed.",
        ),
        click.Option(["-q", "--quiet"], is_flag=True, help="Print findings and errors only."),
    ]
    return ignoring.IgnoringCommand(
        "check",
        params=parameters,
        callback=_check,
        help="Check a project, by default the one in this directory, and report on PATHS or standard input.",
        short_help="Check a project.",
        examples=_EXAMPLES,
        variables=True,
        no_variables=(*(each.name for each in OPTIONS), *LEVELS, *_NO_VARIABLES),
    )


def project_options() -> list[click.Parameter]:
    """What every command that reads a project takes."""
    return [
        click.Argument(["paths"], nargs=-1, metavar="[PATHS|-]", type=click.Path(allow_dash=True)),
        *_options_of_table(),
        *_severities(),
        click.Option(
            ["--plugin", "plugin_files"],
            multiple=True,
            metavar="FILE",
            help="Run the rule in this file too, whose code is run.",
        ),
        click.Option(["--force-exclude"], is_flag=True, help="Leave excluded files out even when they are named."),
        click.Option(["--config"], metavar="FILE", help="Read this configuration file and no other."),
        click.Option(["--isolated"], is_flag=True, help="Read no configuration file."),
        click.Option(["--root"], metavar="DIR", help="The project's root; shown paths are relative to it."),
    ]


def _options_of_table() -> Iterator[click.Option]:
    from celery_lint.config import OPTIONS

    for each in OPTIONS:
        if each.flag is not None:
            yield _option(each)


def _severities() -> Iterator[click.Option]:
    from celery_lint.config import LEVELS

    for flag, level in LEVELS.items():
        text = "Turn these rules off." if flag == "off" else f"Call findings of these rules {level}s."
        yield click.Option([f"--{flag}"], multiple=True, metavar="RULES", help=text, shell_complete=complete_selectors)


def _option(each: Option) -> click.Option:
    if each.kind in ("selectors", "globs"):
        named = each.kind == "selectors"
        return click.Option(
            [each.flag or ""],
            multiple=True,
            metavar="RULES" if named else "GLOBS",
            help=each.doc,
            shell_complete=complete_selectors if named else None,
        )
    if each.kind == "choice":
        names = click.Choice(list(each.choices), case_sensitive=False)
        metavar = "SEVERITY" if "warning" in each.choices else None
        shown = str(each.default)
        return click.Option([each.flag or ""], type=names, metavar=metavar, help=each.doc, show_default=shown)
    if each.kind == "flag":
        return click.Option([f"{each.flag}/--no-{each.name}"], default=None, help=each.doc)
    return click.Option([each.flag or ""], metavar="PATH" if each.kind == "path" else "VERSION", help=each.doc)


def _check(**given: Any) -> int:
    from celery_lint.cli.fixing import fix_and_tell, is_wanted
    from celery_lint.config import ConfigurationError
    from celery_lint.config.options import show
    from celery_lint.engine import plan, run

    wanted = output.outputs(given)
    if given["add_ignore"] is not None and "-" in given["paths"]:
        raise UsageError("--add-ignore writes into files and does not go with standard input")
    try:
        planned = plan(request(given))
    except ConfigurationError as error:
        raise UsageError(str(error)) from None
    if given["show_settings"]:
        print_lines(show(planned.settings))
        return 0
    if given["show_files"]:
        return _show_files(planned, verbose=given["verbose"])
    if given["add_ignore"] is None and is_wanted(planned, given):
        return fix_and_tell(planned, given, lambda report: _tell(report, wanted, given))
    with progress() as stage:
        report = run(planned, stage=stage)
    if given["add_ignore"] is not None:
        return ignoring.add(report, given["add_ignore"])
    told = _tell(report, wanted, given)
    code = 0 if given["exit_zero"] and report.exit_code == 1 else report.exit_code
    return code if told else 2


def request(given: Mapping[str, Any]) -> Request:
    """What the options of a command ask for."""
    from celery_lint.config import LEVELS, OPTIONS
    from celery_lint.engine import Request

    paths: tuple[str, ...] = given["paths"] or (".",)
    stdin = None
    if "-" in paths:
        if len(paths) > 1:
            raise UsageError("`-` stands for standard input and goes with no other path")
        stdin = sys.stdin.buffer.read()
    elif given.get("stdin_filename") is not None:
        raise UsageError("--stdin-filename goes with `-` as the path")
    options: dict[str, object] = {}
    for name in (*(each.name for each in OPTIONS), *LEVELS):
        value = given.get(name.replace("-", "_"))
        if isinstance(value, tuple):
            value = [part.strip() for text in value for part in text.split(",") if part.strip()] or None
        options[name] = value
    if given.get("no_baseline"):
        if options["baseline"] is not None:
            raise UsageError("--baseline and --no-baseline go against each other")
        options["baseline"] = ""
    return Request(
        paths=paths,
        options={name: value for name, value in options.items() if value is not None},
        environment=os.environ,
        config=given["config"],
        isolated=given["isolated"],
        root=given["root"],
        force_exclude=given["force_exclude"],
        stdin=stdin,
        stdin_filename=given.get("stdin_filename"),
        plugin_files=given["plugin_files"],
        diff_only=given.get("diff_only"),
        baseline_commit=given.get("baseline_commit"),
    )


def _show_files(planned: Plan, *, verbose: bool) -> int:
    discovery = planned.discovery
    named = discovery.named
    print_lines(planned.shown(path) for path in discovery.files if named is None or path in named)
    if verbose:
        print_lines((f"{planned.shown(path)}: {reason}" for path, reason in sorted(discovery.skipped)), error=True)
    print_lines((f"celery-lint: {error}" for error in discovery.errors), error=True)
    return 2 if discovery.errors else 0


def _tell(report: Report, wanted: Sequence[output.Output], given: Mapping[str, Any]) -> bool:
    """Findings where they are wanted, everything about the run on standard error; whether every file was written."""
    notes = [f"celery-lint: warning: {warning}" for warning in report.warnings if not given["quiet"]]
    notes += [f"celery-lint: {error}" for error in report.errors]
    if given["verbose"]:
        notes += _verbose(report)
    print_lines(notes, error=True)
    problems = output.write(report, wanted, given)
    for problem in problems:
        complain(problem)
    return not problems


def _verbose(report: Report) -> Iterator[str]:
    for nominee in report.unconfirmed:
        place = nominee.location
        yield f"unconfirmed: {place.path}:{place.line}:{place.column}: {nominee.rule}: {nominee.reason}"
    yield f"{len(report.unconfirmed)} nominees unconfirmed"
    for stage, seconds in report.timings.items():
        yield f"{seconds:8.3f} s  {stage}"
