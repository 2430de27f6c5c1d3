"""Facts of several files at once, as bytes that go from one process to another."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from celery_lint.facts.extract import extract
from celery_lint.facts.schema import FileFacts

__all__ = ["decoded", "encoded"]


def encoded(contents: Sequence[bytes]) -> list[bytes]:
    """The facts of each content; nothing for what no bytes can hold."""
    return [_encode(extract(content)) for content in contents]


def decoded(value: bytes) -> FileFacts | None:
    return msgspec.msgpack.decode(value, type=FileFacts) if value else None


def _encode(facts: FileFacts) -> bytes:
    try:
        return msgspec.msgpack.encode(facts)
    except (OverflowError, RecursionError, UnicodeError, msgspec.EncodeError):
        return b""
