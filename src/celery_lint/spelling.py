"""What a misspelt word was meant to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["closest", "did_you_mean", "is_one_slip"]


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`; did you mean ...?` for the known word that looks most like it, else nothing."""
    cutoff = 0.8 if word[-1:].isdigit() else 0.6  # Most codes look alike.
    close = closest(word, known, cutoff)
    return f"; did you mean `{close}`?" if close else ""


def closest(word: str, known: Iterable[str], cutoff: float) -> str | None:
    """The known word that looks most like it, if at least as much as `cutoff`, which is 1 for the same word."""
    from difflib import get_close_matches

    folded = {candidate.lower(): candidate for candidate in sorted(known)}
    close = get_close_matches(word.lower(), folded, n=1, cutoff=cutoff)
    return folded[close[0]] if close else None


def is_one_slip(word: str, meant: str) -> bool:
    """Whether a letter is missing, too many, another one, or two neighbours have changed places."""
    first = next((at for at, pair in enumerate(zip(word, meant, strict=False)) if len({*pair}) > 1), None)
    if first is None:
        return abs(len(word) - len(meant)) == 1
    rest, due = word[first:], meant[first:]
    swapped = rest[1::-1] == due[:2] and len(rest) > 1 and rest[2:] == due[2:]
    return rest[1:] == due[1:] or rest[1:] == due or rest == due[1:] or swapped
