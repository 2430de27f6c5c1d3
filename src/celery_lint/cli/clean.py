"""`celery-lint clean`."""

from __future__ import annotations

import os

import click

from celery_lint.cli.command import Command
from celery_lint.cli.terminal import UsageError, print_lines

__all__ = ["command"]


def command() -> click.Command:
    return Command(
        "clean",
        params=[click.Argument(["directories"], nargs=-1, metavar="[DIRS]", type=click.Path())],
        callback=_clean,
        help="Remove what was remembered of the projects in DIRS, by default of the one in this directory.",
        short_help="Remove the cache.",
    )


def _clean(directories: tuple[str, ...]) -> int:
    from celery_lint.cache import remove
    from celery_lint.config import ConfigurationError
    from celery_lint.engine import Request, plan

    for directory in directories or (".",):
        try:
            planned = plan(Request(paths=(directory,), environment=os.environ))
        except ConfigurationError as error:
            raise UsageError(str(error)) from None
        if planned.discovery.errors:
            raise UsageError(planned.discovery.errors[0])
        if planned.cache is None:
            raise UsageError("there is no cache: it is switched off")
        try:
            removed = remove(planned.cache)
        except OSError as error:
            raise UsageError(f"{planned.shown(planned.cache)}: cannot be removed: {error.strerror}") from None
        print_lines([f"{'Removed' if removed else 'There is no'} {planned.shown(planned.cache)}"])
    return 0
