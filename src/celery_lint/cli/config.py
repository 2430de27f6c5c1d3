"""`celery-lint config`."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

import click

from celery_lint.cli.command import Command
from celery_lint.cli.terminal import UsageError, print_lines

if TYPE_CHECKING:
    from celery_lint.config import Option

__all__ = ["command"]

_WIDTH = 100
_EXAMPLES = (
    ("what can be configured", "celery-lint config"),
    ("one option: its type, default, flag and variable", "celery-lint config min-severity"),
    ("a schema with which editors complete and check the table", "celery-lint config --schema"),
)


def command() -> click.Command:
    from celery_lint.cli.completion import complete_option

    return Command(
        "config",
        params=[
            click.Argument(["key"], required=False, metavar="[KEY]", shell_complete=complete_option),
            click.Option(["--schema"], is_flag=True, help="Print a JSON schema of the table [tool.celery-lint]."),
        ],
        callback=_config,
        help="List the options of the configuration, or explain one. "
        "`celery-lint check --show-settings` prints what they are set to.",
        short_help="Explain the configuration.",
        examples=_EXAMPLES,
    )


def _config(key: str | None, schema: bool) -> int:
    from celery_lint.config import OPTIONS

    if schema:
        import json

        from celery_lint.config.schema import schema_of
        from celery_lint.pages import all_pages

        print_lines([json.dumps(schema_of(all_pages()), indent=2)])
    elif key is None:
        width = max(len(each.name) for each in OPTIONS)
        print_lines(f"{each.name:<{width}}  {each.doc}" for each in OPTIONS)
    else:
        print_lines(_explained(_named(key)))
    return 0


def _named(key: str) -> Option:
    from celery_lint.config import OPTIONS
    from celery_lint.config.options import option

    known = option(key)
    if known is None:
        from celery_lint.spelling import did_you_mean

        raise UsageError(f"unknown option `{key}`{did_you_mean(key, (each.name for each in OPTIONS))}")
    return known


def _explained(known: Option) -> list[str]:
    from celery_lint.config.options import toml

    lines = [known.name, "", *wrap(known.doc, _WIDTH), ""]
    facts = (
        ("type", known.type),
        ("default", toml(known, known.default)),
        ("flag", known.flag),
        ("variable", known.variable),
    )
    for what, text in facts:
        if text is not None:
            lines += wrap(f"{what + ':':<10}{text}", _WIDTH, subsequent_indent=" " * 10, break_on_hyphens=False)
    return lines
