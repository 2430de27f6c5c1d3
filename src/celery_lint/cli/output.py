"""Where the findings of a run go: one format on standard output, and any number of them into files."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click
from msgspec import Struct

from celery_lint.cli.terminal import UsageError, colored, print_lines

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from celery_lint.report import Report

__all__ = ["Output", "options", "outputs", "write"]

_DEFAULT = "full"
_STDOUT = "-"


class Output(Struct, frozen=True):
    """A format, and the file it goes to; None is standard output."""

    format: str
    file: str | None = None


def options() -> list[click.Parameter]:
    """The options of `check` that say what findings look like and where they go."""
    from celery_lint.report import FORMATS

    return [
        click.Option(
            ["--format", "format_"],
            type=click.Choice(list(FORMATS)),
            default=_DEFAULT,
            help="What findings look like on standard output.",
        ),
        click.Option(
            ["-o", "--output", "outputs"],
            multiple=True,
            metavar="FORMAT[:FILE]",
            help="Also write them in this format, to FILE or instead of --format. Can be given several times.",
        ),
        click.Option(["--statistics"], is_flag=True, help="Count the findings of each rule (text or json)."),
    ]


def outputs(given: Mapping[str, Any]) -> list[Output]:
    """What the options ask for, standard output first. Raises UsageError."""
    named = [_parsed(text) for text in given["outputs"]]
    printed = [each for each in named if each.file is None]
    if len(printed) > 1:
        formats = " and ".join(each.format for each in printed)
        raise UsageError(f"--output: {formats} cannot both go to standard output; say {printed[1].format}:FILE")
    written = [each for each in named if each.file is not None]
    places = [os.path.realpath(each.file) for each in written if each.file is not None]
    for index, place in enumerate(places):
        if place in places[:index]:
            raise UsageError(f"--output: {written[index].file} is named twice")
    wanted = [*(printed or [Output(given["format_"])]), *written]
    if given["statistics"]:
        _refuse_without_statistics(wanted)
    return wanted


def _parsed(text: str) -> Output:
    from celery_lint.report import FORMATS

    name, colon, file = text.partition(":")
    if name not in FORMATS:
        from celery_lint.spelling import did_you_mean

        raise UsageError(f"--output: there is no format `{name}`{did_you_mean(name, FORMATS)}")
    if colon and not file:
        raise UsageError(f"--output: `{text}` names no file")
    return Output(name, None if file in ("", _STDOUT) else file)


def _refuse_without_statistics(wanted: Sequence[Output]) -> None:
    from celery_lint.report.statistics import STATISTICS

    for each in wanted:
        if each.format not in STATISTICS:
            raise UsageError(f"--statistics goes with {', '.join(STATISTICS)}, not with {each.format}")


def write(report: Report, wanted: Sequence[Output], given: Mapping[str, Any]) -> list[str]:
    """Print and write the report; one line for each file that could not be written."""
    from celery_lint.report import summary
    from celery_lint.writing import replace_file

    problems = []
    for output in wanted:
        if output.file is None:
            lines, ends_with_summary = _lines(output, report, given, color=colored(given["color"]))
            print_lines(lines[:-1] if ends_with_summary and given["quiet"] else lines)
            if not ends_with_summary and not given["quiet"]:
                print_lines([summary(report)], error=True)
            continue
        lines, _ = _lines(output, report, given, color=False)
        content = "".join(f"{line}\n" for line in lines).encode("utf-8", "backslashreplace")
        try:
            replace_file(output.file, content)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            problems.append(f"{output.file}: cannot be written: {reason}")
    return problems


def _lines(output: Output, report: Report, given: Mapping[str, Any], *, color: bool) -> tuple[list[str], bool]:
    """What is written, and whether its last line is the summary."""
    from celery_lint.report import rendered

    if given["statistics"]:
        from celery_lint.report.statistics import statistics

        return list(statistics(report, output.format)), False
    return list(rendered(output.format, report, color=color)), output.format == _DEFAULT
