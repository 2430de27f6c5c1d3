"""`celery-lint rule`."""

from __future__ import annotations

import os
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from celery_lint.cli.command import Command
from celery_lint.cli.terminal import UsageError, print_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from celery_lint.pages import Page

__all__ = ["command"]

_EXAMPLES = (
    ("by code or by name", "celery-lint rule delay-in-atomic"),
    ("every rule, one a line", "celery-lint rule --all"),
    ("every page, for programs", "celery-lint rule --all --format json"),
    ("run the examples on the page of a rule of yours", "celery-lint rule --test rules/no_countdown.py"),
)


def command() -> click.Command:
    from celery_lint.cli.completion import complete_rule

    return Command(
        "rule",
        params=[
            click.Argument(["rule"], required=False, metavar="[CODE|NAME]", shell_complete=complete_rule),
            click.Option(["--all", "every"], is_flag=True, help="List every rule."),
            click.Option(
                ["--format", "format_"], type=click.Choice(["text", "json"]), default="text", help="How to print it."
            ),
            click.Option(["--plugin", "plugins"], multiple=True, metavar="FILE", help="Know the rule in this file."),
            click.Option(["--test"], metavar="FILE", help="Run the examples on the page of the rule in this file."),
        ],
        callback=_rule,
        help="Print the page of a rule, by its code or its name. Rules of plug-ins that the configuration here names "
        "are known too.",
        short_help="Explain a rule.",
        examples=_EXAMPLES,
    )


def _rule(rule: str | None, every: bool, format_: str, plugins: tuple[str, ...], test: str | None) -> int:
    if test is not None:
        return _test(test)
    listed = every or rule is None
    pages = _known(plugins) if listed else (_named(rule or "", plugins),)
    if format_ == "json":
        import json

        described = [_described(page) for page in pages]
        print_lines([json.dumps(described if listed else described[0], indent=2)])
    elif listed:
        print_lines(_table(pages))
    else:
        print_lines(_page(pages[0]))
    return 0


def _known(plugins: tuple[str, ...]) -> tuple[Page, ...]:
    """The pages of all rules, those of plug-ins included."""
    from celery_lint.config import ConfigurationError
    from celery_lint.planning import known_pages

    try:
        return known_pages(os.getcwd(), plugins)
    except ConfigurationError as error:
        raise UsageError(str(error)) from None


def _named(rule: str, plugins: tuple[str, ...]) -> Page:
    from celery_lint.pages import find_page

    page = find_page(rule)
    if page is not None:
        return page
    pages = _known(plugins)
    for each in pages:
        if rule == each.name or rule.upper() == each.code:
            return each
    from celery_lint.spelling import did_you_mean

    words = (word for each in pages for word in (each.code, each.name))
    raise UsageError(f"unknown rule `{rule}`{did_you_mean(rule, words)}")


def _test(file: str) -> int:
    """Run the examples on the page of a plug-in, and say of each whether it holds; 1 when one does not."""
    from celery_lint.config import ConfigurationError
    from celery_lint.plugins import load_plugins
    from celery_lint.testing import complaints, examples

    try:
        (plugin,) = load_plugins((), (file,))
        shown = examples(plugin.page)
    except (ConfigurationError, ValueError) as error:
        raise UsageError(str(error)) from None
    failures = 0
    for example in shown:
        with TemporaryDirectory(prefix="celery-lint-") as directory:
            said = complaints(example, directory, os.path.abspath(file))
        failures += bool(said)
        print_lines([f"{'FAIL' if said else 'ok  '}  {example.kind}: {example.title}"])
        print_lines(f"      {each}" for each in said)
    missing = [kind for kind in ("bad", "good") if kind not in {example.kind for example in shown}]
    print_lines(f"FAIL  {kind}: there is no example" for kind in missing)
    failures += len(missing)
    print_lines([f"{plugin.page.code} {plugin.page.name}: {len(shown)} examples, {failures} failed"])
    return int(failures > 0)


def _table(pages: Sequence[Page]) -> list[str]:
    width = max((len(each.name) for each in pages), default=0)
    lines = []
    for each in pages:
        dials = f"{each.severity.name.lower():<11}  {each.persona.name.lower():<8}"
        lines.append(f"{each.code}  {each.name:<{width}}  {dials}  {each.why}")
    return lines


def _page(page: Page) -> list[str]:
    facts = (
        f"{page.category}, {page.severity.name.lower()}, {page.confidence.name.lower()} confidence, "
        f"{page.persona.name.lower()} persona, fix: {page.fix}, since {page.since}"
    )
    return [f"{page.code} {page.name}", facts, "", page.body.strip()]


def _described(page: Page) -> dict[str, str | bool]:
    """The page for programs; `explanation` is its Markdown, `message` has the names of values in braces."""
    return {
        "code": page.code,
        "name": page.name,
        "category": page.category,
        "severity": page.severity.name.lower(),
        "confidence": page.confidence.name.lower(),
        "persona": page.persona.name.lower(),
        "fix": page.fix,
        "since": page.since,
        "preview": page.preview,
        "scope": page.scope,
        "message": page.message,
        "why": page.why,
        "help": page.help,
        "explanation": page.body.strip(),
    }
