"""What a shell completes where a rule or an option of the configuration is named."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem

__all__ = ["complete_option", "complete_rule", "complete_selectors"]


def complete_rule(ctx: click.Context, option: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001
    """Codes and names of rules."""
    from celery_lint.pages import all_pages

    words = ((page.code, page.name) for page in all_pages())
    return _starting(incomplete, [*words, *((page.name, page.why) for page in all_pages())])


def complete_selectors(ctx: click.Context, option: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Rules, the last of a list with commas between."""
    before, comma, last = incomplete.rpartition(",")
    items = complete_rule(ctx, option, last)
    return [CompletionItem(before + comma + item.value, help=item.help) for item in items]


def complete_option(ctx: click.Context, option: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001
    """Names of options of the configuration."""
    from celery_lint.config import OPTIONS

    return _starting(incomplete, [(each.name, each.doc) for each in OPTIONS])


def _starting(incomplete: str, words: list[tuple[str, str]]) -> list[CompletionItem]:
    start = incomplete.lower()
    return [CompletionItem(word, help=what) for word, what in words if word.lower().startswith(start)]
