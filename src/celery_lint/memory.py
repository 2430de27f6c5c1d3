"""What one run remembers of those before it: unchanged files, their facts, and the answer to the very same question."""

from __future__ import annotations

import os
import time
from dataclasses import fields
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from celery_lint.cache import Cache, Kind, digest, tool_identity
from celery_lint.report import Outcome, Report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from celery_lint.facts import FileFacts

__all__ = ["Memory"]

_SETTLED = 2_000_000_000
"""Nanoseconds after which the times of a file are trusted to show a later change."""

_T = TypeVar("_T")


class _State(msgspec.Struct, frozen=True, array_like=True):
    """What the file system said of a file, and the digest of its content then."""

    marks: tuple[int, int, int, int]
    digest: bytes


class _Answers(msgspec.Struct, frozen=True, array_like=True):
    """Which of the files, by number, each question about their content is true for."""

    files: tuple[tuple[str, bytes], ...]
    answers: dict[str, tuple[int, ...]]


class _Answer(msgspec.Struct, frozen=True, array_like=True):
    """What a run found, and the digests of what was read besides the files."""

    beside: dict[str, bytes]
    outcome: Outcome


class Memory:
    """The cache as a run over one tree sees it; a `Recall` for the project. `overlay` replaces the content of files."""

    def __init__(self, cache: Cache, root: str, files: Sequence[str], overlay: Mapping[str, bytes]) -> None:
        self._cache = cache
        self._root = root
        self._files = files
        self._overlay = overlay
        self._place = digest(os.fsencode(os.path.abspath(root)), tool_identity())
        self._schema = tool_identity("facts")
        self._contents: dict[str, bytes] = {}

    @cached_property
    def digests(self) -> Mapping[str, bytes]:
        """Path → digest of its content, for the files that can be read. A file whose size, times and number are those
        of the last run is not read again."""
        known = self._stored("files", self._place, dict[str, _State]) or {}
        now = time.time_ns()
        settled: dict[str, _State] = {}
        found: dict[str, bytes] = {}
        for path in self._files:
            if path in self._overlay:
                found[path] = digest(self._overlay[path])
                continue
            try:
                status = os.stat(os.path.join(self._root, path))
                marks = (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
                state = known.get(path)
                if state is None or state.marks != marks:
                    content = self._contents[path] = self._read(path)
                    state = _State(marks, digest(content))
            except OSError:
                continue
            found[path] = state.digest
            if now - max(status.st_mtime_ns, status.st_ctime_ns) > _SETTLED:
                settled[path] = state
        if settled != known:
            self._store("files", self._place, settled)
        return found

    # The project's questions

    @cached_property
    def _before(self) -> _Answers | None:
        return self._stored("words", self._place, _Answers)

    @cached_property
    def unchanged(self) -> frozenset[str]:
        if self._before is None:
            return frozenset()
        return frozenset(path for path, before in self._before.files if self.digests.get(path) == before)

    @cached_property
    def answers(self) -> Mapping[str, frozenset[str]]:
        if self._before is None:
            return {}
        paths = [path for path, _ in self._before.files]
        try:
            return {
                question: frozenset([paths[number] for number in numbers])
                for question, numbers in self._before.answers.items()
            }
        except IndexError:
            return {}

    def content(self, path: str) -> bytes | None:
        return self._contents.pop(path, None)

    def facts(self, path: str, read: Callable[[str], bytes]) -> FileFacts:
        from celery_lint.facts import FileFacts, extract

        content = self.digests.get(path)
        if content is None:
            return extract(read(path))
        key = digest(self._schema, content)
        found = self._stored("facts", key, FileFacts)
        if found is None or not (found.scopes or found.failure):
            found = extract(read(path))
            self._store("facts", key, found)
        return found

    def learn(self, answers: Mapping[str, Iterable[str]]) -> None:
        """Keep what was answered about the files as they are now."""
        files = tuple(self.digests.items())
        if self._before is not None and self._before.files == files and answers.keys() == self.answers.keys():
            return
        number = {path: number for number, (path, _) in enumerate(files)}
        numbered = {
            question: tuple(sorted(number[path] for path in paths if path in number))
            for question, paths in answers.items()
        }
        self._store("words", self._place, _Answers(files, numbered))

    # The whole run

    def question(self, *asked: str) -> bytes:
        """Stands for all that a run depends on: what is asked, the tool, and the content of every file."""
        state = [tool_identity(), *(part.encode("utf-8", "surrogateescape") for part in asked)]
        for path in self._files:
            state.append(path.encode("utf-8", "surrogateescape"))
            state.append(self.digests.get(path, b""))
        return digest(*state)

    def outcome(self, question: bytes) -> Report | None:
        """What a run with that question found, if what it read besides the files is as it was."""
        found = self._stored("answer", question, _Answer)
        if found is None or any(self._digest_beside(path) != before for path, before in found.beside.items()):
            return None
        return Report(**_parts(found.outcome))

    def keep(self, question: bytes, report: Report, beside: Iterable[str]) -> None:
        """Keep what a run found; `beside` are the other files it looked for, relative to the root."""
        digests = {path: self._digest_beside(path) for path in beside}
        self._store("answer", question, _Answer(digests, Outcome(**_parts(report))))

    def _digest_beside(self, path: str) -> bytes:
        try:
            return digest(self._read(path))
        except IsADirectoryError:
            own = os.path.basename(self._cache.directory or "")
            names = sorted(os.listdir(os.path.join(self._root, path)))
            return digest(*(os.fsencode(name) for name in names if name != own))
        except OSError:
            return b""

    def _read(self, path: str) -> bytes:
        with open(os.path.join(self._root, path), "rb") as stream:
            return stream.read()

    def _stored(self, kind: Kind, key: bytes, shape: type[_T]) -> _T | None:
        """What the cache holds in that shape; what has another one is no use."""
        value = self._cache.get(kind, key)
        if value is None:
            return None
        try:
            return msgspec.msgpack.decode(value, type=shape)
        except (msgspec.DecodeError, RecursionError):
            return None

    def _store(self, kind: Kind, key: bytes, value: object) -> None:
        try:
            self._cache.put(kind, key, msgspec.msgpack.encode(value))
        except (OverflowError, RecursionError, UnicodeError, msgspec.EncodeError):
            # A literal beyond 64 bits, a nesting that msgpack does not follow, a file name that is no text.
            return


def _parts(outcome: Outcome) -> dict[str, Any]:
    return {each.name: getattr(outcome, each.name) for each in fields(Outcome)}
