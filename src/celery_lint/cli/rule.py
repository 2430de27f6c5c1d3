"""`celery-lint rule`."""

from __future__ import annotations

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
        ],
        callback=_rule,
        help="Print the page of a rule, by its code or its name.",
        short_help="Explain a rule.",
        examples=_EXAMPLES,
    )


def _rule(rule: str | None, every: bool, format_: str) -> int:
    from celery_lint.pages import all_pages

    listed = every or rule is None
    pages = all_pages() if listed else (_named(rule or ""),)
    if format_ == "json":
        import json

        described = [_described(page) for page in pages]
        print_lines([json.dumps(described if listed else described[0], indent=2)])
    elif listed:
        print_lines(_table(pages))
    else:
        print_lines(_page(pages[0]))
    return 0


def _named(rule: str) -> Page:
    from celery_lint.pages import all_pages, find_page

    page = find_page(rule)
    if page is None:
        from celery_lint.spelling import did_you_mean

        words = (word for each in all_pages() for word in (each.code, each.name))
        raise UsageError(f"unknown rule `{rule}`{did_you_mean(rule, words)}")
    return page


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
