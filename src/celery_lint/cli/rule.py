"""`celery-lint rule`."""

from __future__ import annotations

import click

from celery_lint.cli.terminal import CONTEXT, UsageError, print_lines

__all__ = ["command"]


def command() -> click.Command:
    return _rule


@click.command("rule", context_settings=CONTEXT, short_help="Explain a rule.")
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
            print_lines([f"{each.code}  {each.name:<{width}}  {dials}  {each.why}"])
        return 0
    page = find_page(rule)
    if page is None:
        from celery_lint.spelling import did_you_mean

        words = (word for each in pages for word in (each.code, each.name))
        raise UsageError(f"unknown rule `{rule}`{did_you_mean(rule, words)}")
    head = f"{page.code} {page.name}"
    facts = (
        f"{page.category}, {page.severity.name.lower()}, {page.confidence.name.lower()} confidence, "
        f"{page.persona.name.lower()} persona, fix: {page.fix}, since {page.since}"
    )
    print_lines([head, facts, "", page.body.strip()])
    return 0
