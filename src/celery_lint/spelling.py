"""What a misspelt word was meant to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["did_you_mean"]


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`; did you mean ...?` for the known word that looks most like it, else nothing."""
    from difflib import get_close_matches

    folded = {candidate.lower(): candidate for candidate in known}
    cutoff = 0.8 if word[-1:].isdigit() else 0.6  # Most codes look alike.
    close = get_close_matches(word.lower(), folded, n=1, cutoff=cutoff)
    return f"; did you mean `{folded[close[0]]}`?" if close else ""
