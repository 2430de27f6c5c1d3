"""The command line: arguments, what is printed where, and exit codes."""

from __future__ import annotations

import gc
import os
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import click

from celery_lint import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from celery_lint.config import Option
    from celery_lint.engine import Plan, Request
    from celery_lint.report import Report

__all__ = ["main"]

_COMMANDS = ("check", "rule")
_DEBUG = "CELERY_LINT_DEBUG"
_INTERRUPTED = 130
_CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class _UsageError(Exception):
    """Ends the run with exit code 2 and one message."""


class _Commands(click.Group):
    """Builds a command when it is asked for, so that the rest is not imported."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        return {"check": _check_command, "rule": lambda: _rule}.get(cmd_name, lambda: None)()


@click.group(
    cls=_Commands,
    context_settings=_CONTEXT,
    epilog="Bare paths mean `check`: `celery-lint shop` is `celery-lint check shop`.",
)
@click.version_option(__version__, "-V", "--version", message="celery-lint %(version)s")
def _commands() -> None:
    """Find the Django + Celery bugs that tests and eyes miss."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code; never a traceback.

    A run keeps nearly all it makes until it ends, so collecting garbage on the way only costs time.
    """
    gc.disable()
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or given[0] not in (*_COMMANDS, "-h", "--help", "-V", "--version"):
        given.insert(0, "check")
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        code = _commands.main(given, prog_name="celery-lint", standalone_mode=False)
    except click.ClickException as error:
        code = _complain(" ".join(error.format_message().split()))
    except _UsageError as error:
        code = _complain(str(error))
    except (click.Abort, KeyboardInterrupt):
        code = _INTERRUPTED
    except Exception as error:
        if os.environ.get(_DEBUG):
            raise
        what = " ".join(f"{type(error).__name__}: {error}".split())
        code = _complain(f"internal error: {what} (set {_DEBUG}=1 to see where)")
    sys.exit(code if isinstance(code, int) else 0)


def run() -> None:
    """The console script: `main`, and then gone at once. Taking apart piece by piece what a run holds is no use."""
    try:
        main()
    except SystemExit as done:
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):
                stream.flush()
        os._exit(done.code if isinstance(done.code, int) else 0)


def _complain(message: str) -> int:
    _print([f"celery-lint: {message}"], error=True)
    return 2


def _print(lines: Iterable[str], *, error: bool = False) -> None:
    """Write lines; a reader that has gone away (`| head`) ends the output without a word."""
    stream = sys.stderr if error else sys.stdout
    try:
        for line in lines:
            stream.write(line + "\n")
        stream.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _options_of_table() -> Iterator[click.Option]:
    from celery_lint.config import OPTIONS

    for each in OPTIONS:
        if each.flag is not None:
            yield _option(each)


def _option(each: Option) -> click.Option:
    if each.kind in ("selectors", "globs"):
        metavar = "RULES" if each.kind == "selectors" else "GLOBS"
        return click.Option([each.flag or ""], multiple=True, metavar=metavar, help=each.doc)
    if each.kind == "choice":
        names = list(each.choices)
        return click.Option([each.flag or ""], type=click.Choice(names, case_sensitive=False), help=each.doc)
    if each.kind == "flag":
        return click.Option([f"{each.flag}/--no-{each.name}"], default=None, help=each.doc)
    return click.Option([each.flag or ""], metavar="VERSION", help=each.doc)


def _check_command() -> click.Command:
    from celery_lint.report import FORMATS

    parameters: list[click.Parameter] = [
        click.Argument(["paths"], nargs=-1, metavar="[PATHS|-]"),
        click.Option(
            ["--format", "format_"],
            type=click.Choice(FORMATS),
            default="full",
            help="What findings look like.",
        ),
        *_options_of_table(),
        click.Option(["--force-exclude"], is_flag=True, help="Leave excluded files out even when they are named."),
        click.Option(["-e", "--exit-zero"], is_flag=True, help="Exit with 0 when there are findings."),
        click.Option(["--config"], metavar="FILE", help="Read this configuration file and no other."),
        click.Option(["--isolated"], is_flag=True, help="Read no configuration file."),
        click.Option(["--root"], metavar="DIR", help="The project's root; shown paths are relative to it."),
        click.Option(
            ["--stdin-filename", "--stdin-display-name", "stdin_filename"],
            metavar="PATH",
            help="With `-`: the file of the project that standard input is the content of.",
        ),
        click.Option(["--no-cache"], is_flag=True, help="Accepted, and changes nothing: there is no cache yet."),
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
    return click.Command(
        "check",
        params=parameters,
        callback=_check,
        context_settings=_CONTEXT,
        help="Check a project, by default the one in this directory, and report on PATHS or standard input.",
        short_help="Check a project.",
    )


def _check(**given: Any) -> int:
    from celery_lint.config import ConfigurationError
    from celery_lint.config.options import show
    from celery_lint.engine import plan, run

    try:
        planned = plan(_request(given))
    except ConfigurationError as error:
        raise _UsageError(str(error)) from None
    if given["show_settings"]:
        _print(show(planned.settings))
        return 0
    if given["show_files"]:
        return _show_files(planned, verbose=given["verbose"])
    with _progress() as stage:
        report = run(planned, stage=stage)
    _tell(report, given)
    return 0 if given["exit_zero"] and report.exit_code == 1 else report.exit_code


def _request(given: Mapping[str, Any]) -> Request:
    from celery_lint.config import OPTIONS
    from celery_lint.engine import Request

    paths: tuple[str, ...] = given["paths"] or (".",)
    stdin = None
    if "-" in paths:
        if len(paths) > 1:
            raise _UsageError("`-` stands for standard input and goes with no other path")
        stdin = sys.stdin.buffer.read()
    elif given["stdin_filename"] is not None:
        raise _UsageError("--stdin-filename goes with `-` as the path")
    options: dict[str, object] = {}
    for each in OPTIONS:
        value = given.get(each.name.replace("-", "_"))
        if isinstance(value, tuple):
            value = [part.strip() for text in value for part in text.split(",") if part.strip()] or None
        options[each.name] = value
    return Request(
        paths=paths,
        options={name: value for name, value in options.items() if value is not None},
        environment=os.environ,
        config=given["config"],
        isolated=given["isolated"],
        root=given["root"],
        force_exclude=given["force_exclude"],
        stdin=stdin,
        stdin_filename=given["stdin_filename"],
    )


def _show_files(planned: Plan, *, verbose: bool) -> int:
    discovery = planned.discovery
    named = discovery.named
    _print(planned.shown(path) for path in discovery.files if named is None or path in named)
    if verbose:
        _print((f"{planned.shown(path)}: {reason}" for path, reason in sorted(discovery.skipped)), error=True)
    _print((f"celery-lint: {error}" for error in discovery.errors), error=True)
    return 2 if discovery.errors else 0


def _tell(report: Report, given: Mapping[str, Any]) -> None:
    """Findings on standard output, everything about the run on standard error."""
    from celery_lint.report import renderer, summary

    chosen = given["format_"]
    lines = list(renderer(chosen)(report, report.read, _color(given["color"])))
    if chosen == "full" and given["quiet"]:
        lines = lines[:-1]
    notes = [f"celery-lint: warning: {warning}" for warning in report.warnings if not given["quiet"]]
    notes += [f"celery-lint: {error}" for error in report.errors]
    if given["verbose"]:
        notes += _verbose(report)
    _print(notes, error=True)
    _print(lines)
    if chosen != "full" and not given["quiet"]:
        _print([summary(report)], error=True)


def _verbose(report: Report) -> Iterator[str]:
    for nominee in report.unconfirmed:
        place = nominee.location
        yield f"unconfirmed: {place.path}:{place.line}:{place.column}: {nominee.rule}: {nominee.reason}"
    yield f"{len(report.unconfirmed)} nominees unconfirmed"
    for stage, seconds in report.timings.items():
        yield f"{seconds:8.3f} s  {stage}"


def _color(when: str) -> bool:
    if when != "auto":
        return when == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


@contextmanager
def _progress() -> Iterator[Any]:
    """A line on a terminal that says what is being done, once a second has passed."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    import time

    started = time.monotonic()
    shown = False

    def stage(text: str) -> None:
        nonlocal shown
        if time.monotonic() - started > 1:
            shown = True
            sys.stderr.write(f"\r\x1b[Kcelery-lint: {text}")
            sys.stderr.flush()

    try:
        yield stage
    finally:
        if shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


@click.command("rule", context_settings=_CONTEXT, short_help="Explain a rule.")
@click.argument("rule", required=False, metavar="[CODE|NAME]")
@click.option("--all", "every", is_flag=True, help="List every rule.")
def _rule(rule: str | None, every: bool) -> int:
    """Print the page of a rule, by its code or its name."""
    from celery_lint.pages import all_pages, find_page

    pages = all_pages()
    if every or rule is None:
        width = max((len(each.name) for each in pages), default=0)
        for each in pages:
            dials = f"{each.severity.name.lower():<11}  {each.persona.name.lower():<8}"
            _print([f"{each.code}  {each.name:<{width}}  {dials}  {each.why}"])
        return 0
    page = find_page(rule)
    if page is None:
        from celery_lint.spelling import did_you_mean

        words = (word for each in pages for word in (each.code, each.name))
        raise _UsageError(f"unknown rule `{rule}`{did_you_mean(rule, words)}")
    head = f"{page.code} {page.name}"
    facts = (
        f"{page.category}, {page.severity.name.lower()}, {page.confidence.name.lower()} confidence, "
        f"{page.persona.name.lower()} persona, fix: {page.fix}, since {page.since}"
    )
    _print([head, facts, "", page.body.strip()])
    return 0
