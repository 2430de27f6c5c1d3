"""A command as people meet it: options under headings, examples below them, a variable for each option."""

from __future__ import annotations

from typing import Any

import click
from click.core import ParameterSource

from celery_lint.cli.terminal import CONTEXT

__all__ = ["Command", "variable", "write_examples"]

HEADINGS = {
    "Which rules": ("select", "extend-select", "ignore", "plugin", "persona", "error", "warning", "info", "off"),
    "Which files": (
        "exclude",
        "extend-exclude",
        "force-exclude",
        "respect-gitignore",
        "root",
        "stdin-filename",
        "show-files",
    ),
    "Which findings": (
        "min-severity",
        "min-confidence",
        "baseline",
        "no-baseline",
        "diff-only",
        "baseline-commit",
        "require-reason",
        "show-suppressed",
        "add-ignore",
    ),
    "Fixes": ("fix", "unsafe-fixes", "diff", "fix-only", "show-fixes"),
    "Output": ("format", "output", "statistics", "color", "quiet", "verbose"),
    "Exit code": ("fail-on", "strict-baseline", "exit-zero", "exit-non-zero-on-fix"),
    "Configuration": ("config", "isolated", "target-celery", "cache", "cache-dir", "show-settings"),
}
"""The options that stand under each heading; those that are in none come last, under "Options"."""

_FIRST_COLUMN = 30


class Command(click.Command):
    """`examples` say what lines of the terminal do. With `variables`, options can be given by the
    environment too, but for `no_variables`, which ask for something else than what the command is for."""

    def __init__(
        self,
        name: str,
        examples: tuple[tuple[str, str], ...] = (),
        variables: bool = False,
        no_variables: tuple[str, ...] = (),
        **more: Any,
    ) -> None:
        super().__init__(name, context_settings=CONTEXT, **more)
        self.examples = examples
        self.has_variables = variables
        for each in self.params:
            if isinstance(each, click.Option) and variables and _long_name(each) not in no_variables:
                each.envvar = each.envvar or variable(_long_name(each))

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """A value from the environment that does not fit is named by its variable."""
        try:
            return super().parse_args(ctx, args)
        except click.BadParameter as error:
            given = error.param
            if given is not None and ctx.get_parameter_source(given.name or "") is ParameterSource.ENVIRONMENT:
                error.param_hint = str(given.envvar)
            raise

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        sections: dict[str, list[tuple[str, str]]] = {heading: [] for heading in (*HEADINGS, "Options")}
        for each in self.get_params(ctx):
            if isinstance(each, click.Option) and not each.hidden:
                sections[_heading(each)].append((_spelling(each), _explanation(each)))
        for heading, rows in sections.items():
            if rows:
                with formatter.section(heading):
                    formatter.write_dl([(left.ljust(_FIRST_COLUMN), right) for left, right in rows], _FIRST_COLUMN)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        write_examples(formatter, self.examples)
        if self.has_variables:
            formatter.write_paragraph()
            formatter.write_text(
                "Options are environment variables too: CELERY_LINT_FORMAT=json stands for --format json."
            )
        super().format_epilog(ctx, formatter)


def write_examples(formatter: click.HelpFormatter, examples: tuple[tuple[str, str], ...]) -> None:
    """What lines of the terminal do, and the lines."""
    if not examples:
        return
    with formatter.section("Examples"):
        indent = " " * formatter.current_indent
        for what, line in examples:
            formatter.write(f"{indent}# {what}\n{indent}{line}\n")


def variable(name: str) -> str:
    """The environment variable of an option, by the option's long name."""
    return f"CELERY_LINT_{name.replace('-', '_').upper()}"


def _long_name(option: click.Option) -> str:
    """`min-severity` for `--min-severity`; the first that it has."""
    return next(each for each in option.opts if each.startswith("--")).removeprefix("--")


def _heading(option: click.Option) -> str:
    name = _long_name(option)
    return next((heading for heading, names in HEADINGS.items() if name in names), "Options")


def _spelling(option: click.Option) -> str:
    """`-q, --quiet`, `--format FORMAT`, `--[no-]respect-gitignore`."""
    name = _long_name(option)
    short = [each for each in option.opts if not each.startswith("--")]
    long = f"--[no-]{name}" if option.secondary_opts else f"--{name}"
    left = ", ".join((*short, long))
    if option.is_flag or option.count:
        return left if short else f"    {left}"
    left = f"{left} {option.metavar or name.rpartition('-')[2].upper()}"
    return left if short else f"    {left}"


def _explanation(option: click.Option) -> str:
    """Its help, then what it can be and is if not given, then its other names."""
    text = option.help or ""
    if isinstance(option.type, click.Choice):
        default = option.show_default if isinstance(option.show_default, str) else option.default
        text = f"{text} [{', '.join(map(str, option.type.choices))}; default {default}]"
    others = [each for each in option.opts if each.startswith("--")][1:]
    return f"{text} Also {', '.join(others)}." if others else text
