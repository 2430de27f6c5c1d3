"""Which rules are on: selectors are codes, prefixes of codes, or names."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from celery_lint.config.options import Settings
    from celery_lint.pages import Page

__all__ = ["enabled_rules", "matches", "unknown_selector"]

_EXACT = 100


def matches(selector: str, code: str, name: str) -> int:
    """How exactly the selector names the rule: 0 for not at all, more for a longer prefix."""
    text = selector.strip()
    if text.lower() == name or text.upper() == code:
        return _EXACT
    return len(text) if text and code.startswith(text.upper()) else 0


def unknown_selector(selector: str, pages: Sequence[Page]) -> bool:
    """True when the selector names no rule at all."""
    return not any(matches(selector, page.code, page.name) for page in pages)


def enabled_rules(settings: Settings, pages: Iterable[Page]) -> frozenset[str]:
    """Names of the rules that are on.

    Without a selection those of the persona are. A prefix selects among them; a whole code or a name turns
    its rule on whatever its persona. Within a source the more exact selector wins, and a tie is off; a
    stronger source has the last word.
    """
    return frozenset(page.name for page in pages if _is_on(settings, page))


def _is_on(settings: Settings, page: Page) -> bool:
    for_reader = page.persona <= settings.persona and not page.preview
    on = for_reader
    for layer in settings.layers:
        if layer.select is not None:
            on = False
        selected = max(
            (matches(s, page.code, page.name) for s in (*(layer.select or ()), *layer.extend_select)),
            default=0,
        )
        ignored = max((matches(s, page.code, page.name) for s in layer.ignore), default=0)
        if ignored and ignored >= selected:
            on = False
        elif selected == _EXACT or (selected and for_reader):
            on = True
    return on
