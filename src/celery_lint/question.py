"""Questions about the bytes of a file, which are answered without parsing it."""

from __future__ import annotations

import re
from functools import cached_property, lru_cache
from typing import Literal

from msgspec import Struct

__all__ = ["Content", "Question", "whole"]

WORD = re.compile(rb"[^\W\d]\w*")
APART = bytes(byte if re.match(rb"\w", bytes((byte,))) else ord(" ") for byte in range(256))
"""Leaves of a file's bytes what words are made of, and makes spaces of the others."""
CLASS_HEAD = re.compile(rb"\bclass\s+\w+\s*\(([^:]*)")


class Question(Struct, frozen=True, array_like=True):
    """Whether something stands in a file: `text` as it is, as a word, as a base of a class, or as what a pattern with
    `flags` matches. With `words`, one of them must stand there too."""

    kind: Literal["text", "word", "base", "pattern"]
    text: str
    flags: int = 0
    words: tuple[str, ...] = ()


class Content:
    """The bytes of a file as questions see them."""

    def __init__(self, content: bytes) -> None:
        self.bytes = content

    @cached_property
    def words(self) -> frozenset[bytes]:
        """Runs of ASCII letters, digits and underscores; other characters tear a word apart."""
        return frozenset(self.bytes.translate(APART).split())

    @cached_property
    def bases(self) -> frozenset[bytes]:
        """The words in the heads of its classes, and the names it imports under another."""
        words = [word for head in CLASS_HEAD.findall(self.bytes) for word in WORD.findall(head)]
        renamed = (part[-80:].split() for part in self.bytes.split(b" as ")[:-1])
        return frozenset((*words, *(parts[-1] for parts in renamed if parts)))

    def has_word(self, word: str) -> bool:
        known = word.encode()
        if word.isascii():
            return known in self.words
        return known in self.bytes and whole(known).search(self.bytes) is not None

    def answer(self, question: Question) -> bool:
        if question.words and not any(map(self.has_word, question.words)):
            return False
        text = question.text.encode()
        if question.kind == "word":
            return self.has_word(question.text)
        if question.kind == "base":
            return text in self.bases
        if question.kind == "pattern":
            return re.compile(text, question.flags).search(self.bytes) is not None
        return text in self.bytes


@lru_cache
def whole(word: bytes) -> re.Pattern[bytes]:
    """Matches the word where no letter, digit or underscore stands beside it."""
    return re.compile(rb"(?<![\w])" + re.escape(word) + rb"(?![\w])")
