"""The text of a Python file, cut into lines as positions count them."""

from __future__ import annotations

import io
import re
import tokenize

__all__ = ["lines_of"]

_NEWLINE = re.compile(r"\r\n|\r|\n")


def lines_of(source: bytes) -> list[str]:
    """The lines without their ends, decoded as the file declares; bytes that do not fit become U+FFFD."""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
        text = source.decode(encoding, "replace")
    except (SyntaxError, LookupError, ValueError):
        text = source.decode("utf-8", "replace")
    return _NEWLINE.split(text.removeprefix("\ufeff"))
