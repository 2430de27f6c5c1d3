"""What commands say on the terminal, and how."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["CONTEXT", "UsageError", "colored", "complain", "print_lines", "progress"]

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class UsageError(Exception):
    """Ends the run with exit code 2 and one message."""


def complain(message: str) -> int:
    print_lines([f"celery-lint: {message}"], error=True)
    return 2


def print_lines(lines: Iterable[str], *, error: bool = False) -> None:
    """Write lines; a reader that has gone away (`| head`) ends the output without a word."""
    stream = sys.stderr if error else sys.stdout
    try:
        for line in lines:
            stream.write(line + "\n")
        stream.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def colored(when: str) -> bool:
    if when != "auto":
        return when == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


@contextmanager
def progress() -> Iterator[Any]:
    """A line on a terminal that says what is being done, once a second has passed."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    import time

    started = time.monotonic()
    shown = False

    def stage(text: str) -> None:
        nonlocal shown
        if time.monotonic() - started > 1:
            shown = True
            sys.stderr.write(f"\r\x1b[Kcelery-lint: {text}")
            sys.stderr.flush()

    try:
        yield stage
    finally:
        if shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
