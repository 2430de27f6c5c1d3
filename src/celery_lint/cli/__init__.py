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
from celery_lint.cli.command import write_examples
from celery_lint.cli.terminal import CONTEXT, UsageError, complain, print_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from click.shell_completion import CompletionItem

__all__ = ["main", "run"]

COMMANDS = ("check", "baseline", "clean", "config", "fleet", "map", "rule", "settings")
SHELLS = ("bash", "zsh", "fish")
_PROGRAM = "celery-lint"
_COMPLETE = "_CELERY_LINT_COMPLETE"
_DEBUG = "CELERY_LINT_DEBUG"
_INTERRUPTED = 130


class _Commands(click.Group):
    """Imports the module of a command when it is asked for, so that the rest is not. Without a command, `check`."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        made = import_module(f"celery_lint.cli.{cmd_name}").command()
        assert isinstance(made, click.Command)
        return made

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        own = {spelling for each in self.get_params(ctx) for spelling in each.opts}
        if args and args[0] not in COMMANDS and args[0].partition("=")[0] not in own:
            args.insert(0, "check")
        elif not args and not ctx.resilient_parsing:
            args.append("check")
        return super().parse_args(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Commands and, since bare paths and options mean `check`, what that command completes."""
        from click.shell_completion import CompletionItem

        check = self.get_command(ctx, "check")
        assert check is not None
        options = check.shell_complete(click.Context(check, parent=ctx), incomplete)
        known = {item.value: item for item in (*super().shell_complete(ctx, incomplete), *options)}
        # In bash the request for files takes back what came before it.
        files = [] if incomplete.startswith("-") else [CompletionItem(incomplete, type="file")]
        return [*files, *known.values()]

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        write_examples(formatter, _EXAMPLES)


_EXAMPLES = (
    ("check the project in this directory", "celery-lint"),
    ("bare paths and options mean `check`", "celery-lint shop --format concise"),
    ("what a finding is about", "celery-lint rule CLT101"),
    ("what can be configured", "celery-lint config"),
    ("complete commands, options and rules", 'eval "$(celery-lint --completions bash)"'),
)


def _print_completions(ctx: click.Context, option: click.Parameter, shell: str | None) -> None:  # noqa: ARG001
    if shell is None or ctx.resilient_parsing:
        return
    from click.shell_completion import get_completion_class

    cls = get_completion_class(shell)
    assert cls is not None
    script = cls(ctx.command, {}, _PROGRAM, _COMPLETE).source()
    # What is completed and its description may hold commas of their own.
    print_lines(script.replace('string split ","', 'string split --max 1 ","').splitlines())
    ctx.exit()


@click.group(cls=_Commands, context_settings=CONTEXT)
@click.version_option(__version__, "-V", "--version", message="celery-lint %(version)s")
@click.option(
    "--completions",
    type=click.Choice(SHELLS),
    metavar="SHELL",
    is_eager=True,
    expose_value=False,
    callback=_print_completions,
    help=f"Print what makes a shell complete commands, options and rules: {', '.join(SHELLS)}.",
)
def _commands() -> None:
    """Find the Django + Celery bugs that tests and eyes miss."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code; never a traceback.

    A run keeps nearly all it makes until it ends, so collecting garbage on the way only costs time.
    """
    gc.disable()
    given = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        code = _commands.main(given, prog_name=_PROGRAM, complete_var=_COMPLETE, standalone_mode=False)
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
