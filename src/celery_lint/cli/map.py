"""`celery-lint map`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from celery_lint.cli.command import Command
from celery_lint.cli.terminal import UsageError, complain, print_lines, progress

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["command"]

FORMATS = ("text", "json", "mermaid", "html")

_EXAMPLES = (
    ("of the project here", "celery-lint map"),
    ("a page to look at and to search", "celery-lint map --format html --output map.html"),
    ("for programs", "celery-lint map --format json shop"),
)


def command() -> click.Command:
    return Command(
        "map",
        params=[
            click.Argument(["paths"], nargs=-1, type=click.Path()),
            click.Option(["--format", "format_"], type=click.Choice(FORMATS), default="text", help="How to print it."),
            click.Option(["-o", "--output"], metavar="FILE", type=click.Path(), help="A file to write it to."),
        ],
        callback=_map,
        help="Print tasks, who sends them and in which transaction, their queues, workers and schedules, with"
        " what `check` finds.",
        short_help="Show tasks, queues, workers and schedules as one.",
        examples=_EXAMPLES,
    )


def _map(paths: tuple[str, ...], format_: str, output: str | None) -> int:
    from celery_lint.config import ConfigurationError
    from celery_lint.engine import Request, plan, surveyed
    from celery_lint.map import Survey, rendered

    try:
        made = plan(Request(paths=paths or (".",)))
        with progress() as stage:
            project, report = surveyed(made, stage=stage)
    except ConfigurationError as error:
        raise UsageError(str(error)) from None
    for message in report.errors:
        complain(message)
    if report.errors:
        return 2
    _write(rendered(format_, Survey(project, report, made.shown).chart), output)
    return 0


def _write(lines: Iterable[str], output: str | None) -> None:
    if output is None:
        print_lines(lines)
        return
    from celery_lint.writing import replace_file

    try:
        replace_file(output, "".join(f"{line}\n" for line in lines).encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise UsageError(f"{output}: {error.strerror}") from None
