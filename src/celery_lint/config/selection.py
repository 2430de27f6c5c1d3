"""Which rules are on: selectors are codes, prefixes of codes, or names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from celery_lint.finding import Applicability, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from celery_lint.config.options import Layer, Settings
    from celery_lint.pages import Page

__all__ = ["applicability", "configured_severity", "enabled_rules", "matches", "unknown_selector"]

_EXACT = 100
_OFF = "off"


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
    its rule on whatever its persona, and so does a severity for it. Within a source the more exact selector
    wins, and a tie is off; a stronger source has the last word.
    """
    return frozenset(page.name for page in pages if _is_on(settings, page))


def configured_severity(settings: Settings, page: Page) -> Severity | None:
    """The severity that the strongest source gives to the rule's findings; None when none does."""
    for layer in reversed(settings.layers):
        level = _level(layer, page)
        if level is not None:
            return None if level == _OFF else Severity[level.upper()]
    return None


def _level(layer: Layer, page: Page) -> str | None:
    """What the layer's most exact selector for the rule says; of two alike, the last."""
    fitting = [(matches(selector, page.code, page.name), level) for selector, level in layer.severity]
    best = max((how for how, _ in fitting), default=0)
    return [level for how, level in fitting if how == best][-1] if best else None


def applicability(settings: Settings, page: Page, given: Applicability) -> Applicability:
    """How safe a fix of the rule is, if `given` is what the rule says; of two settings the more exact one wins."""
    safe, unsafe = (
        max((matches(selector, page.code, page.name) for selector in selectors), default=0)
        for selectors in (settings.extend_safe_fixes, settings.extend_unsafe_fixes)
    )
    if not safe and not unsafe:
        return given
    return Applicability.SAFE if safe > unsafe else Applicability.UNSAFE


def _is_on(settings: Settings, page: Page) -> bool:
    for_reader = page.persona <= settings.persona and not page.preview
    on = for_reader
    for layer in settings.layers:
        if layer.select is not None:
            on = False
        off = [selector for selector, level in layer.severity if level == _OFF]
        graded = _exactness((selector for selector, level in layer.severity if level != _OFF), page)
        selected = _exactness((*(layer.select or ()), *layer.extend_select), page)
        selected = max(selected, graded if graded == _EXACT else 0)
        ignored = _exactness((*layer.ignore, *off), page)
        if ignored and ignored >= selected:
            on = False
        elif selected == _EXACT or (selected and for_reader):
            on = True
    return on


def _exactness(selectors: Iterable[str], page: Page) -> int:
    return max((matches(selector, page.code, page.name) for selector in selectors), default=0)
