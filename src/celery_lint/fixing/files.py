"""Whether a changed file may be written, and its writing."""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING

from celery_lint.writing import replace_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from celery_lint.fixing import Change

__all__ = ["WritingError", "check", "write"]


class WritingError(Exception):
    """The file is as it was; says why."""


def check(change: Change) -> None:
    """Whether the file may be written; raises WritingError if not."""
    with _telling():
        _permitted(os.path.realpath(change.place), change)


def write(change: Change) -> None:
    """Put the new content in the place of the old, in one step; raises WritingError."""
    with _telling():
        _permitted(os.path.realpath(change.place), change)
        replace_file(change.place, change.after)


@contextmanager
def _telling() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise WritingError(f"cannot be written: {error.strerror or error}") from None


def _permitted(place: str, change: Change) -> None:
    """Root may write what nobody may, and here does not; raises WritingError or OSError."""
    mode = os.stat(place).st_mode
    if not os.access(place, os.W_OK) or not mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH):
        raise WritingError("cannot be written: it is read-only")
    if not os.access(os.path.dirname(place), os.W_OK):
        raise WritingError("cannot be written: its directory is read-only")
    with open(place, "rb") as stream:
        if stream.read() != change.before:
            raise WritingError("not written: it has changed meanwhile")
