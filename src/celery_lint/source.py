"""The text of a Python file, cut into lines as positions count them, and its tree."""

from __future__ import annotations

import ast
import io
import re
import tokenize
import warnings

__all__ = ["lines_of", "parse_quietly"]

_NEWLINE = re.compile(r"\r\n|\r|\n")


def lines_of(source: bytes) -> list[str]:
    """The lines without their ends, decoded as the file declares; bytes that do not fit become U+FFFD."""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
        text = source.decode(encoding, "replace")
    except (SyntaxError, LookupError, ValueError):
        text = source.decode("utf-8", "replace")
    return _NEWLINE.split(text.removeprefix("\ufeff"))


def parse_quietly(text: str) -> ast.Module | None:
    """The abstract tree of `text`, or None if this Python cannot parse it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
