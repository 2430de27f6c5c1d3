"""The directories that code of the project puts on `sys.path`, read from its bytes."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from celery_lint.project.sources import Sources

__all__ = ["added_roots"]

ADDING = re.compile(rb"\bsys\.path\.(?:append|insert)\(([^\r\n]*)")
TEXT = re.compile(rb"""["']([^"'\r\n]+)["']""")
NAME = re.compile(rb"\b[A-Za-z_]\w*\b")


def added_roots(sources: Sources) -> tuple[str, ...]:
    """`sys.path.append(str(BASE_DIR / "apps"))`, also with the path in a variable of the same file: the directory of
    that name beside the file, or beside a directory above it."""
    found: dict[str, None] = {}
    for path in sorted(sources.files_with_text(b"sys.path")):
        for text in added_texts(sources.read(path)):
            root = next((each for each in places(os.path.dirname(path), text) if sources.has_directory(each)), None)
            if root is not None:
                found[root] = None
    return tuple(found)


def added_texts(content: bytes) -> Iterator[str]:
    """The texts that stand in what is added, or in what is assigned to its names."""
    for adding in ADDING.finditer(content):
        parts = [adding[1]]
        for name in set(NAME.findall(TEXT.sub(b"", adding[1]))):
            parts += re.findall(rb"(?m)^[ \t]*%b[ \t]*=([^\r\n]*)" % name, content)
        for part in parts:
            yield from (text.decode("utf-8", "replace") for text in TEXT.findall(part))


def places(directory: str, text: str) -> Iterator[str]:
    """Where a relative path may lead to, from the directory up; only what is below the root of the project."""
    last = os.path.normpath(text).replace(os.sep, "/")
    while last.startswith("../"):
        last = last[3:]
    if last in (".", "..") or last.startswith("/"):
        return
    while True:
        yield f"{directory}/{last}" if directory else last
        if not directory:
            return
        directory = os.path.dirname(directory)
