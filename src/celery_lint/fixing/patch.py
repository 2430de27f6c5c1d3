"""Changes as a patch that `git apply` and `patch -p1` take."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from celery_lint.fixing import Change

__all__ = ["patch"]

_ODD = re.compile(r'[\x00-\x1f\x7f"\\]')


def patch(changes: Iterable[Change]) -> bytes:
    """The unified diff of the files, in their own bytes."""
    return b"".join(line for change in changes for line in _diff(change))


def _diff(change: Change) -> Iterator[bytes]:
    before, after = _lines(change.before), _lines(change.after)
    yield f"--- {_name('a', change.path)}\n".encode("utf-8", "surrogateescape")
    yield f"+++ {_name('b', change.path)}\n".encode("utf-8", "surrogateescape")
    for line in list(difflib.unified_diff(before, after))[2:]:
        yield line.encode("latin-1")
        if not line.endswith("\n"):
            yield b"\n\\ No newline at end of file\n"


def _lines(data: bytes) -> list[str]:
    """The lines as patches count them, by line feeds alone; latin-1 keeps every byte."""
    return re.findall(r"[^\n]*\n|[^\n]+\Z", data.decode("latin-1"))


def _name(side: str, path: str) -> str:
    """As git writes names: odd characters quoted, and a tab behind blanks."""
    name = f"{side}/{path}"
    if _ODD.search(name):
        return '"' + _ODD.sub(lambda odd: "\\" + (odd[0] if odd[0] in '"\\' else f"{ord(odd[0]):03o}"), name) + '"'
    return f"{name}\t" if " " in name else name
