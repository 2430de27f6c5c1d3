"""The command line: which commands there are, and exit codes. Each command is a module of its own."""

from __future__ import annotations

import gc
import os
import sys
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING

import click

from celery_lint import __version__
from celery_lint.cli.terminal import CONTEXT, UsageError, complain

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main", "run"]

COMMANDS = ("check", "rule")
_DEBUG = "CELERY_LINT_DEBUG"
_INTERRUPTED = 130


class _Commands(click.Group):
    """Imports the module of a command when it is asked for, so that the rest is not."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        made = import_module(f"celery_lint.cli.{cmd_name}").command()
        assert isinstance(made, click.Command)
        return made


@click.group(
    cls=_Commands,
    context_settings=CONTEXT,
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
    if not given or given[0] not in (*COMMANDS, "-h", "--help", "-V", "--version"):
        given.insert(0, "check")
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        code = _commands.main(given, prog_name="celery-lint", standalone_mode=False)
    except click.ClickException as error:
        code = complain(" ".join(error.format_message().split()))
    except UsageError as error:
        code = complain(str(error))
    except (click.Abort, KeyboardInterrupt):
        code = _INTERRUPTED
    except Exception as error:
        if os.environ.get(_DEBUG):
            raise
        what = " ".join(f"{type(error).__name__}: {error}".split())
        code = complain(f"internal error: {what} (set {_DEBUG}=1 to see where)")
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
