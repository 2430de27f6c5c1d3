"""What one run remembers of those before it: unchanged files, their facts, and the answer to the very same question."""

from __future__ import annotations

import os
import time
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from celery_lint.cache import Cache, Kind, digest, tool_identity
from celery_lint.finding import Location, Nomination, Suggestion
from celery_lint.question import Content, Question
from celery_lint.report import Outcome, Report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from celery_lint.facts import FileFacts
    from celery_lint.inspection import Verdict
    from celery_lint.project.sources import Sources

__all__ = ["Memory"]

_SETTLED = 2_000_000_000
"""Nanoseconds after which the times of a file are trusted to show a later change."""

_T = TypeVar("_T")


class _State(msgspec.Struct, frozen=True, array_like=True):
    """What the file system said of a file, and the digest of its content then."""

    marks: tuple[int, int, int, int]
    digest: bytes


class _Knowledge(msgspec.Struct, frozen=True, array_like=True):
    """What a run learned about the content of the files, which it names by number.

    `answers` are those for which a question is true, `notes` those it was asked of alone and those it was true for,
    `code` are the files of which words and patterns are asked, `used` those of which more was read than all that.
    `asked` and `question` stand for the run, the latter with the content of its files.
    """

    files: tuple[tuple[str, bytes], ...]
    answers: tuple[tuple[Question, tuple[int, ...]], ...]
    notes: tuple[tuple[Question, tuple[int, ...], tuple[int, ...]], ...]
    code: tuple[int, ...]
    used: tuple[int, ...]
    asked: bytes
    question: bytes


class _Judgement(msgspec.Struct, frozen=True, array_like=True):
    """A verdict without its nomination, and the files it was reached from."""

    confirmed: bool
    location: Location
    suggestion: Suggestion | None
    reason: str
    read: tuple[tuple[str, bytes], ...]


class _Answer(msgspec.Struct, frozen=True, array_like=True):
    """What a run found, and the digests of what was read besides the files."""

    beside: dict[str, bytes]
    outcome: Outcome


class Memory:
    """The cache as a run over one tree sees it; a `Recall` for the project and `Verdicts` for the inspection.

    `overlay` replaces the content of files, `asked` is what is asked about them.
    """

    def __init__(
        self, cache: Cache, root: str, files: Sequence[str], overlay: Mapping[str, bytes], asked: Sequence[str]
    ) -> None:
        self._cache = cache
        self._root = root
        self._files = files
        self._overlay = overlay
        self._tool = tool_identity()
        self._place = digest(os.fsencode(os.path.abspath(root)), self._tool)
        self._asked = digest(self._tool, *(part.encode("utf-8", "surrogateescape") for part in (*asked, *files)))
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
    def _before(self) -> _Knowledge | None:
        return self._stored("words", self._place, _Knowledge)

    @cached_property
    def unchanged(self) -> frozenset[str]:
        if self._before is None:
            return frozenset()
        return frozenset(path for path, before in self._before.files if self.digests.get(path) == before)

    @cached_property
    def answers(self) -> Mapping[Question, frozenset[str]]:
        if self._before is None:
            return {}
        paths = [path for path, _ in self._before.files]
        try:
            return {
                question: frozenset([paths[number] for number in numbers]) for question, numbers in self._before.answers
            }
        except IndexError:
            return {}

    def content(self, path: str) -> bytes | None:
        return self._contents.pop(path, None)

    def facts(self, path: str, extracted: Callable[[str], FileFacts]) -> FileFacts:
        from celery_lint.facts import FileFacts

        content = self.digests.get(path)
        if content is None:
            return extracted(path)
        key = digest(self._schema, content)
        found = self._stored("facts", key, FileFacts)
        if found is None or not (found.scopes or found.failure):
            found = extracted(path)
            self._store("facts", key, found)
        return found

    def learn(self, sources: Sources) -> None:
        """Keep what was answered about the files as they are now."""
        number = {path: number for number, path in enumerate(self.digests)}

        def numbers(paths: Iterable[str]) -> tuple[int, ...]:
            return tuple(sorted(number[path] for path in paths if path in number))

        self._know(
            _Knowledge(
                files=tuple(self.digests.items()),
                answers=tuple((question, numbers(paths)) for question, paths in sources.answers.items()),
                notes=tuple(
                    (question, numbers(notes), numbers(path for path, holds in notes.items() if holds))
                    for question, notes in sources.notes.items()
                ),
                code=numbers(sources.code),
                used=numbers(sources.used),
                asked=self._asked,
                question=self._question,
            )
        )

    def _know(self, knowledge: _Knowledge) -> None:
        self._store("words", self._place, knowledge)

    # The inspection's question

    def verdict(self, nomination: Nomination) -> Verdict | None:
        """The verdict on the nomination, if the files it was reached from are as they were."""
        found = self._stored("verdict", self._key(nomination), _Judgement)
        if found is None or any(self.digests.get(path) != before for path, before in found.read):
            return None
        from celery_lint.inspection import Verdict

        return Verdict(nomination, found.confirmed, found.location, found.suggestion, found.reason)

    def keep_verdict(self, verdict: Verdict, read: Iterable[str]) -> None:
        """Keep a verdict that was reached from these files."""
        digests = [(path, self.digests.get(path)) for path in sorted(read)]
        known = tuple((path, content) for path, content in digests if content is not None)
        if len(known) == len(digests):
            judgement = _Judgement(verdict.confirmed, verdict.location, verdict.suggestion, verdict.reason, known)
            self._store("verdict", self._key(verdict.nomination), judgement)

    def _key(self, nomination: Nomination) -> bytes:
        content = self.digests.get(nomination.location.path, b"")
        return digest(self._tool, content, repr(nomination).encode("utf-8", "surrogateescape"))

    # The whole run

    @cached_property
    def _question(self) -> bytes:
        """Stands for all that a run depends on: what is asked, the tool, and the content of every file."""
        return digest(self._asked, *(self.digests.get(path, b"") for path in self._files))

    def outcome(self) -> Report | None:
        """What a run found that was asked the same of the same files, or of files that only differ in what that run
        did not look at; and if what it read besides the files is as it was."""
        found = self._kept(self._question)
        if found is None and self._before is not None and self._differs_unseen(self._before):
            found = self._kept(self._before.question)
            if found is not None:
                self._store("answer", self._question, found)
                files = tuple(self.digests.items())
                self._know(msgspec.structs.replace(self._before, files=files, question=self._question))
        return None if found is None else Report(**_parts(found.outcome))

    def _kept(self, question: bytes) -> _Answer | None:
        found = self._stored("answer", question, _Answer)
        if found is None or any(self._digest_beside(path) != before for path, before in found.beside.items()):
            return None
        return found

    def _differs_unseen(self, before: _Knowledge) -> bool:
        """Whether nothing that the earlier run asked of a file has another answer now. It then went the same way, since
        all that a run knows of a file it was told by such answers, or has read from a file that is `used`."""
        paths = [path for path, _ in before.files]
        if before.asked != self._asked or paths != list(self.digests):
            return False
        changed = [number for number, (path, content) in enumerate(before.files) if self.digests[path] != content]
        if set(before.used).intersection(changed):
            return False
        code = set(before.code)
        for number in changed:
            path = paths[number]
            content = Content(self._overlay.get(path) or self._contents.get(path) or self._read(path))
            for question, true in before.answers:
                if (question.kind == "text" or number in code) and content.answer(question) != (number in true):
                    return False
            for question, noted, true in before.notes:
                if number in noted and content.answer(question) != (number in true):
                    return False
        return True

    def keep(self, report: Report, beside: Iterable[str]) -> None:
        """Keep what a run found; `beside` are the other files it looked for, relative to the root."""
        digests = {path: self._digest_beside(path) for path in beside}
        self._store("answer", self._question, _Answer(digests, Outcome(**_parts(report))))

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
    return {name: getattr(outcome, name) for name in Outcome.__struct_fields__}
