"""The option table as a JSON schema, with which editors complete and check `[tool.celery-lint]`.

A configuration fits the schema if and only if it loads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, assert_never

from celery_lint.config.options import LEVELS, OPTIONS, Option

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from celery_lint.pages import Page

__all__ = ["schema_of"]

_SELECTOR = {"$ref": "#/$defs/selector"}
_SELECTORS = {"type": "array", "items": _SELECTOR}


def schema_of(pages: Sequence[Page]) -> dict[str, Any]:
    """The schema, draft 2020-12, of a table that may name the rules of these pages."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "celery-lint",
        "description": "The table [tool.celery-lint] of pyproject.toml, or the whole of celery-lint.toml.",
        "type": "object",
        "properties": {each.name: _property(each) for each in OPTIONS},
        "additionalProperties": False,
        "$defs": {"selector": _selector(pages)},
    }


def _property(each: Option) -> dict[str, Any]:
    described: dict[str, Any] = {"description": each.doc, **_type(each)}
    if isinstance(each.default, tuple):
        described["default"] = {} if each.kind in ("ignores", "severities") else list(each.default)
    elif each.default is not None:
        described["default"] = each.default
    return described


def _type(each: Option) -> dict[str, Any]:
    match each.kind:
        case "selectors":
            return _SELECTORS
        case "globs" | "plugins":
            return {"type": "array", "items": {"type": "string"}}
        case "choice":
            return _any_case(each.choices)
        case "flag":
            return {"type": "boolean"}
        case "version":
            return {"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)*$"}
        case "path":
            return {"type": "string"}
        case "ignores":
            return {"type": "object", "additionalProperties": _SELECTORS}
        case "severities":
            return {
                "type": "object",
                "propertyNames": _SELECTOR,
                "additionalProperties": _any_case(LEVELS.values()),
            }
        case never:
            assert_never(never)


def _selector(pages: Sequence[Page]) -> dict[str, Any]:
    """Codes and names of rules, and prefixes of codes from the category on; shorter ones fit but are not offered."""
    codes = {page.code[:length] for page in pages for length in range(1, len(page.code) + 1)}
    names = {page.name for page in pages}
    shown = [*sorted(code for code in codes if len(code) in (3, 4, 6)), *sorted(names)]
    words = "|".join(_caseless(word) for word in sorted(codes | names))
    return {
        "description": "A rule: its code, the start of its code, or its name.",
        "type": "string",
        "anyOf": [{"enum": shown}, {"pattern": rf"^\s*({words})\s*$"}],
    }


def _any_case(words: Iterable[str]) -> dict[str, Any]:
    listed = list(words)
    return {"type": "string", "anyOf": [{"enum": listed}, {"pattern": f"^({'|'.join(map(_caseless, listed))})$"}]}


def _caseless(word: str) -> str:
    """A pattern for the word in any case; JSON schema has no flag for that."""
    return "".join(f"[{letter.upper()}{letter.lower()}]" if letter.isalpha() else letter for letter in word)
