"""Deployment files that are templates: what a template engine fills in is unknown, the rest is read."""

from __future__ import annotations

import re

from celery_lint.project.services.text import UNKNOWN, PlacedText

__all__ = ["is_template", "placed_lines", "without_expressions", "without_templates"]

TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
OWN_LINE = re.compile(r"(?:[ \t]*(?:\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}))+[ \t]*,?[ \t]*\r?$", re.DOTALL | re.MULTILINE)
NOT_NEWLINE = re.compile(r"[^\r\n]")


def is_template(text: str) -> bool:
    return TAG.search(text) is not None


def without_templates(text: str) -> str:
    """The text with blanks for lines that only the engine reads, and `UNKNOWN` for each character of a tag.

    Every line keeps its number and every character its column.
    """
    out = []
    at = 0
    for match in TAG.finditer(text):
        if match.start() < at:
            continue
        start = text.rfind("\n", 0, match.start()) + 1
        line = OWN_LINE.match(text, start) if not text[start : match.start()].strip() else None
        region = line if line is not None and line.end() >= match.end() else match
        start = max(region.start(), at)
        out += [text[at:start], NOT_NEWLINE.sub(" " if region is line else UNKNOWN, text[start : region.end()])]
        at = region.end()
    return "".join((*out, text[at:]))


def without_expressions(text: PlacedText) -> PlacedText:
    """`{{ … }}` as one unknown each; `{% … %}` and `{# … #}` as nothing."""
    pieces = [
        (match.start(), match.end(), UNKNOWN if match.group().startswith("{{") else "")
        for match in TAG.finditer(text.text)
    ]
    return text.replaced(pieces) if pieces else text


def placed_lines(path: str, source: str) -> PlacedText:
    """A whole file as text that knows its places, whatever its line ends."""
    lines = re.split(r"\r\n|\r|\n", source.removeprefix("\ufeff"))
    return without_expressions(PlacedText.of_lines(path, enumerate(lines, start=1)))
