"""Names that people give to what nobody else may read."""

from __future__ import annotations

import re

__all__ = ["is_secret"]

WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

SECRETS = frozenset({"cvc", "cvv", "passphrase", "passwd", "password", "secret"})
"""A name that ends in one of these is one."""

PAIRS = frozenset(
    {
        *(("access", "key"), ("api", "key"), ("auth", "key"), ("encryption", "key"), ("private", "key")),
        *(("secret", "key"), ("signing", "key"), ("card", "number"), ("credit", "card")),
        *(("access", "token"), ("api", "token"), ("auth", "token"), ("bearer", "token"), ("bot", "token")),
        *(("oauth", "token"), ("refresh", "token"), ("session", "token")),
    }
)
"""A name that ends in two words like these is one."""

WHOLE = frozenset({"apikey", "credentials", "token"})
"""Names that are one when nothing else stands beside the word: there are tokens of pages, devices and mail links."""

HARMLESS = frozenset({"check", "encrypted", "has", "hashed", "is", "masked", "needs", "old", "reset", "use", "with"})
"""Words before a secret that say it is a question about it, or made unreadable."""


def is_secret(name: str) -> bool:
    """Whether what has the name most likely is a secret itself: not its id, hash, name or link."""
    words = [word.lower() for word in WORDS.findall(name)]
    if not words or not HARMLESS.isdisjoint(words[:-1]):
        return False
    return words[-1] in SECRETS or tuple(words[-2:]) in PAIRS or (len(words) == 1 and words[0] in WHOLE)
