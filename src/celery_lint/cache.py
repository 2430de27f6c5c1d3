"""What earlier runs have worked out, kept on disk by the hash of what it was worked out from.

One SQLite file in a directory that the project need not know about. Values are bytes whose readers check their shape;
nothing in them is ever executed. Several processes may use it at once, and a process may be killed at any point: what
is damaged is thrown away and worked out again. A directory that cannot be written is a warning and no cache.
"""

from __future__ import annotations

import os
import sqlite3
import sys
import time
from contextlib import suppress
from functools import cache as once
from hashlib import blake2b
from typing import TYPE_CHECKING, Literal

from celery_lint.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["DIRECTORY", "Cache", "Kind", "digest", "remove", "tool_identity"]

DIRECTORY = ".celery_lint_cache"
LIMIT = 256 * 1024 * 1024
"""Bytes on disk above which the entries that were not used for longest go."""

Kind = Literal["facts", "files", "words", "verdict", "answer"]

_FILE = "cache.sqlite3"
_DAY = 86400
_PATIENCE = 2.0
"""Seconds to wait for another process before doing without."""
_TAG = (
    "Signature: 8a477f597d28d172789f06886806bc55\n"
    "# This directory holds what celery-lint has worked out. It can be removed at any time.\n"
    "# See https://bford.info/cachedir/\n"
)
_TABLE = """
CREATE TABLE IF NOT EXISTS entries (
    kind TEXT NOT NULL, key BLOB NOT NULL, value BLOB NOT NULL, sum BLOB NOT NULL, used INTEGER NOT NULL,
    PRIMARY KEY (kind, key)
) WITHOUT ROWID
"""


def digest(*parts: bytes) -> bytes:
    """16 bytes that stand for the parts in their order."""
    state = blake2b(digest_size=16)
    for part in parts:
        state.update(len(part).to_bytes(8, "little"))
        state.update(part)
    return state.digest()


@once
def tool_identity(*parts: str) -> bytes:
    """Stands for this version of the named parts of the package (all of it, with none), and for the running Python.

    In a checkout, where files change between versions, their times count too.
    """
    package = os.path.dirname(os.path.abspath(__file__))
    tops = [os.path.join(package, part) for part in parts] or [package]
    pages = os.path.join(package, "..", "..", "rules")
    checkout = os.path.isdir(pages) and not os.path.isdir(os.path.join(package, "pages"))
    if checkout and not parts:
        tops.append(pages)
    state = blake2b(f"{__version__} {sys.version_info[:2]} {sys.implementation.name}".encode(), digest_size=16)
    for top in tops:
        for name, size, changed in sorted(_files(top)):
            state.update(f"\n{os.path.relpath(name, package)} {size} {changed if checkout else ''}".encode())
    return state.digest()


def _files(directory: str) -> Iterable[tuple[str, int, int]]:
    with os.scandir(directory) as entries:
        for entry in entries:
            if entry.is_dir():
                if entry.name != "__pycache__":
                    yield from _files(entry.path)
            else:
                status = entry.stat()
                yield entry.path, status.st_size, status.st_mtime_ns


def remove(directory: str) -> bool:
    """Remove a cache with all it holds; whether there was one. Raises OSError."""
    from shutil import rmtree

    if not os.path.isfile(os.path.join(directory, "CACHEDIR.TAG")):
        return False
    rmtree(directory)
    return True


class Cache:
    """Get at once, put at the end: `close` writes everything in one transaction."""

    def __init__(self, directory: str | None) -> None:
        """`directory` is made when there is something to write; None is a cache that keeps nothing."""
        self.directory = directory
        self.warnings: list[str] = []
        self._today = int(time.time()) // _DAY
        self._new: dict[tuple[Kind, bytes], bytes] = {}
        self._touched: set[tuple[Kind, bytes]] = set()
        self._connection: sqlite3.Connection | None = None
        if directory is not None and os.path.exists(os.path.join(directory, _FILE)):
            self._connect(directory)

    def get(self, kind: Kind, key: bytes) -> bytes | None:
        """What was put there, by this run or an earlier one."""
        known = self._new.get((kind, key))
        if known is not None or self._connection is None:
            return known
        try:
            row = self._connection.execute(
                "SELECT value, sum, used FROM entries WHERE kind = ? AND key = ?", (kind, key)
            ).fetchone()
        except sqlite3.DatabaseError as error:
            self._failed(error)
            return None
        if row is None:
            return None
        value, total, used = row
        if not isinstance(value, bytes) or total != _sum(kind, key, value):
            return None
        if used != self._today:
            self._touched.add((kind, key))
        return value

    def put(self, kind: Kind, key: bytes, value: bytes) -> None:
        if self.directory is not None:
            self._new[kind, key] = value

    def close(self) -> None:
        """Write what is new. What cannot be written is left out with a warning; it never fails the run."""
        if self.directory is not None and (self._new or self._touched):
            try:
                self._write(self.directory)
            except sqlite3.OperationalError as error:
                if "locked" not in str(error):
                    self._warn(str(error))
            except sqlite3.DatabaseError as error:
                self._failed(error)
            except OSError as error:
                self._warn(error.strerror or str(error))
        self._new.clear()
        self._touched.clear()
        self._disconnect()

    def _write(self, directory: str) -> None:
        if self._connection is None:
            _make(directory)
            self._connect(directory)
        connection = self._connection
        if connection is None:
            return
        rows = [(kind, key, value, _sum(kind, key, value), self._today) for (kind, key), value in self._new.items()]
        with connection:
            connection.execute(_TABLE)
            connection.executemany("INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?, ?)", rows)
            connection.executemany(
                "UPDATE entries SET used = ? WHERE kind = ? AND key = ?",
                [(self._today, kind, key) for kind, key in self._touched],
            )
        self._bound(connection)

    def _bound(self, connection: sqlite3.Connection) -> None:
        """Let the entries go that were not used for longest, until half of the limit is free."""
        (pages,), (size,) = (connection.execute(f"PRAGMA {name}").fetchone() for name in ("page_count", "page_size"))
        if pages * size <= LIMIT:
            return
        total = 0
        kept = []
        for kind, key, length in connection.execute(
            "SELECT kind, key, length(value) FROM entries ORDER BY used DESC, kind, key"
        ):
            total += length
            if total > LIMIT // 2:
                kept.append((kind, key))
        with connection:
            connection.executemany("DELETE FROM entries WHERE kind = ? AND key = ?", kept)
        connection.execute("VACUUM")

    def _connect(self, directory: str) -> None:
        try:
            connection = sqlite3.connect(os.path.join(directory, _FILE), timeout=_PATIENCE)
            self._connection = connection
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute("SELECT 1 FROM entries LIMIT 1")
        except sqlite3.OperationalError as error:
            if "no such table" not in str(error):
                self._disconnect()
                self._warn(str(error))
        except sqlite3.DatabaseError as error:
            self._failed(error)

    def _failed(self, error: sqlite3.DatabaseError) -> None:
        """A file that is no database is removed, so that the next run makes a new one."""
        self._disconnect()
        if isinstance(error, sqlite3.OperationalError) or self.directory is None:
            return
        with suppress(OSError):
            os.unlink(os.path.join(self.directory, _FILE))

    def _disconnect(self) -> None:
        if self._connection is not None:
            with suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None

    def _warn(self, reason: str) -> None:
        self.warnings.append(f"{self.directory}: nothing is cached: {reason}")
        self.directory = None


def _sum(kind: str, key: bytes, value: bytes) -> bytes:
    """Tells a damaged entry from a whole one; it keeps out no one who can write the file."""
    return digest(kind.encode(), key, value)[:8]


def _make(directory: str) -> None:
    """The directory, marked so that neither git nor a backup takes it up."""
    os.makedirs(directory, exist_ok=True)
    for name, text in ((".gitignore", "*\n"), ("CACHEDIR.TAG", _TAG)):
        path = os.path.join(directory, name)
        if not os.path.exists(path):
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
