"""The files of a project: their bytes, their module names, and which of them contain a word."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from pathlib import PurePosixPath

from celery_lint.project.added_roots import added_roots
from celery_lint.project.places import is_migration, place_of
from celery_lint.project.recall import NOTHING, Recall
from celery_lint.question import Content, Question, whole

__all__ = ["NEVER_OURS", "Sources", "attribute"]

MANAGE = "manage.py"
STEM = 5
"""Bytes at the start of a text that is looked for."""
NEVER_OURS = frozenset({"celery", "django", "kombu", "rest_framework"})
"""Top-level names that mean the library even where a file of the project could answer to them."""


class Sources:
    """Reads each file at most once. Paths are relative to the root, with forward slashes."""

    def __init__(
        self,
        root: str,
        files: Sequence[str],
        overlay: Mapping[str, bytes],
        recall: Recall = NOTHING,
        *,
        sieve: bool = True,
    ) -> None:
        """Without the `sieve` every file of code is given wherever files that may matter are asked for."""
        self.root = root
        self.files = tuple(files)
        self.unreadable: dict[str, str] = {}
        self.used: set[str] = set()
        """The files of which more was asked than the `answers` and `notes` say."""
        self.answers: dict[Question, frozenset[str]] = {}
        self.notes: dict[Question, dict[str, bool]] = {}
        """Questions about single files, with what was found."""
        self._sieve = sieve
        self._recall = recall
        self._overlay = overlay
        self._contents: dict[str, Content] = {}
        self._containing: dict[str, tuple[str, ...]] = {}
        self._stems: dict[bytes, tuple[str, ...]] = {}
        self._known = frozenset(files)
        self._manage = frozenset(os.path.dirname(path) for path in files if os.path.basename(path) == MANAGE)
        self._roots: dict[str, tuple[str, ...]] = {}

    def read(self, path: str) -> bytes:
        """The bytes of a file; empty when it cannot be read, which `unreadable` then says."""
        self.used.add(path)
        return self._content(path).bytes

    def content(self, path: str) -> bytes:
        """The same bytes, for work that no outcome depends on."""
        return self._content(path).bytes

    def _content(self, path: str) -> Content:
        found = self._contents.get(path)
        if found is None:
            content = self._overlay.get(path)
            if content is None:
                content = self._recall.content(path)
            if content is None:
                try:
                    with open(os.path.join(self.root, path), "rb") as stream:
                        content = stream.read()
                except OSError as error:
                    self.unreadable[path] = error.strerror or str(error)
                    content = b""
            found = self._contents[path] = Content(content)
        return found

    def size(self, path: str) -> int:
        """Bytes of a file, without reading it; 0 when it cannot be told."""
        self.used.add(path)
        if path in self._overlay:
            return len(self._overlay[path])
        try:
            return os.path.getsize(os.path.join(self.root, path))
        except OSError:
            return 0

    @property
    def strays(self) -> frozenset[str]:
        """What was read that is no file of the project's code."""
        return frozenset(path for path in self._contents if path not in self._known)

    # Files that may matter. "Code" is what may run in production: no tests, and of migrations only those that run
    # functions. What is asked with `code_…` may give files too many, never too few.

    @cached_property
    def code(self) -> tuple[str, ...]:
        lively = self.files_with_text(b"RunPython")
        return tuple(
            path for path in self.files if place_of(path) != "tests" and (path in lively or not is_migration(path))
        )

    def code_containing(self, word: str) -> tuple[str, ...]:
        """The code files in which the word stands, in the order of `files`."""
        return self.mentioning(word) if self._sieve else self.code

    def code_with_any(self, words: Iterable[str]) -> Iterator[str]:
        """The code files in which one of the words stands."""
        found = {path for word in words for path in self.code_containing(word)}
        return iter(sorted(found, key=self._position.__getitem__))

    def code_matching(
        self, words: Iterable[str], pattern: re.Pattern[bytes], *, texts: Sequence[bytes] = (b"",)
    ) -> Iterator[str]:
        """The code files in which one of the words stands and in whose bytes the pattern is found. One of the `texts`
        is part of all that the pattern matches, which spares most files the search."""
        asked = tuple(words)
        if not self._sieve:
            return iter(self.code)
        candidates = tuple(self.code_with_any(asked))

        def matching(paths: Iterable[str]) -> Iterable[str]:
            for path in paths:
                content = self._content(path).bytes
                if any(text in content for text in texts) and pattern.search(content) is not None:
                    yield path

        found = self._answer(matched_by(pattern, asked), candidates, matching)
        return (path for path in candidates if path in found)

    def code_with_text(self, text: bytes) -> Iterator[str]:
        """The code files in whose bytes the text stands, word or not."""
        found = self.files_with_text(text) if self._sieve else self.code
        return (path for path in self.code if path in found)

    # What stands where

    def mentioning(self, word: str) -> tuple[str, ...]:
        """The code files in which the word stands, and no others."""
        found = self._containing.get(word)
        if found is None:
            with_it = self._answer(Question("word", word), self.code, partial(self._with_word, word))
            found = self._containing[word] = tuple(sorted(with_it, key=self._position.__getitem__))
        return found

    def _with_word(self, word: str, paths: Iterable[str]) -> Iterable[str]:
        """Those of some code files in which the word stands. The many questions of a first run are worth an index, the
        few that are left to a run that remembers another are not."""
        known = word.encode()
        if not self._recall.answers and word.isascii():
            return [path for path, words in self._words if known in words]
        pattern = whole(known)
        contents = ((path, self._content(path).bytes) for path in paths)
        return [path for path, content in contents if known in content and pattern.search(content)]

    @cached_property
    def _words(self) -> tuple[tuple[str, frozenset[bytes]], ...]:
        return tuple((path, self._content(path).words) for path in self.code)

    def files_with_text(self, text: bytes) -> frozenset[str]:
        """The files in whose bytes the text stands, word or not, and no others."""
        return self._answer(Question("text", text.decode()), self.files, partial(self._with_text, text))

    def _with_text(self, text: bytes, paths: Iterable[str]) -> Iterable[str]:
        """Those of some files in which the text stands. Many questions of a first run begin alike."""
        if not self._recall.answers and len(text) > STEM:
            paths = self._with_stem(text[:STEM])
        return [path for path in paths if text in self._content(path).bytes]

    def _with_stem(self, stem: bytes) -> tuple[str, ...]:
        found = self._stems.get(stem)
        if found is None:
            found = self._stems[stem] = tuple(path for path in self.files if stem in self._content(path).bytes)
        return found

    def elsewhere_containing(self, texts: Iterable[bytes]) -> Iterator[str]:
        """The tests and migrations in whose bytes one of the texts stands, word or not."""
        found = frozenset[str]().union(*(self.files_with_text(text) for text in texts)).difference(self.code)
        return iter(sorted(found, key=self._position.__getitem__))

    def has_text(self, path: str, text: bytes) -> bool:
        return self._note(Question("text", text.decode()), path)

    def has_match(self, path: str, pattern: re.Pattern[bytes]) -> bool:
        return self._note(matched_by(pattern), path)

    def has_base(self, path: str, name: str) -> bool:
        """Whether the name stands in the head of a class there, or something is imported under it."""
        return self._note(Question("base", name), path)

    def _note(self, question: Question, path: str) -> bool:
        notes = self.notes.setdefault(question, {})
        found = notes.get(path)
        if found is None:
            found = notes[path] = self._content(path).answer(question)
        return found

    def _answer(
        self, question: Question, paths: Sequence[str], among: Callable[[Iterable[str]], Iterable[str]]
    ) -> frozenset[str]:
        """Those of the paths for which it holds; what has not changed since it was asked before is not read."""
        found = self.answers.get(question)
        if found is None:
            before = self._recall.answers.get(question)
            if before is None:
                found = frozenset(among(paths))
            else:
                unchanged = self._recall.unchanged
                found = (before & unchanged).intersection(paths).union(among(p for p in paths if p not in unchanged))
            self.answers[question] = found
        return found

    @cached_property
    def _position(self) -> dict[str, int]:
        return {path: number for number, path in enumerate(self.files)}

    # Module names

    def source_roots(self, path: str) -> tuple[str, ...]:
        """The directories that may stand on sys.path for this file, innermost first."""
        directory = os.path.dirname(path)
        known = self._roots.get(directory)
        if known is None:
            known = tuple(self._find_roots(directory))
            self._roots[directory] = known
        return known

    def _find_roots(self, directory: str) -> Iterator[str]:
        package = directory
        while package and f"{package}/__init__.py" in self._known:
            package = os.path.dirname(package)
        current, holds_package = directory, False
        while current:
            is_package = f"{current}/__init__.py" in self._known
            above_package = holds_package and not is_package  # The directory need not be a package all the way up.
            if current == package or above_package or current in self._manage or os.path.basename(current) == "src":
                yield current
            current, holds_package = os.path.dirname(current), is_package
        yield ""

    def module_names(self, path: str) -> tuple[str, ...]:
        """The dotted names the file may be imported by, the shortest first."""
        names = []
        for root in self.source_roots(path):
            relative = path[len(root) + 1 :] if root else path
            parts = list(PurePosixPath(relative).with_suffix("").parts)
            if parts and parts[-1] == "__init__":
                parts.pop()
            if parts:
                names.append(".".join(parts))
        return tuple(dict.fromkeys(names))

    def module_name(self, path: str) -> str:
        """The name the project itself most likely uses: relative to the nearest manage.py, else the package."""
        roots = self.source_roots(path)
        for root in roots:
            if root in self._manage:
                relative = path[len(root) + 1 :] if root else path
                return dotted(relative)
        names = self.module_names(path)
        return names[0] if names else ""

    @cached_property
    def _modules(self) -> dict[str, list[tuple[str, str]]]:
        """Dotted name → (source root, path) of the files that answer to it."""
        found: dict[str, list[tuple[str, str]]] = {}
        for path in self.files:
            for root in self.source_roots(path):
                relative = path[len(root) + 1 :] if root else path
                found.setdefault(dotted(relative), []).append((root, path))
        return found

    @cached_property
    def _children(self) -> dict[str, set[str]]:
        """Directory → the names of the directories in it that hold files, however deep."""
        found: dict[str, set[str]] = {}
        for directory in dict.fromkeys(map(os.path.dirname, self.files)):
            current = directory
            while current:
                parent, child = os.path.split(current)
                if child in found.setdefault(parent, set()):
                    break
                found[parent].add(child)
                current = parent
        return found

    @cached_property
    def _directory_names(self) -> frozenset[str]:
        return frozenset[str]().union(*self._children.values())

    @cached_property
    def _added_modules(self) -> dict[str, list[tuple[str, str]]]:
        """The same for what only has that name because code puts a directory on sys.path. Nothing is called after
        these, and only directories there are meant: a module could as well be the installed one of that name."""
        found: dict[str, list[tuple[str, str]]] = {}
        for root in added_roots(self):
            for path in self.files:
                relative = path[len(root) + 1 :]
                if path.startswith(f"{root}/") and "/" in relative:
                    found.setdefault(dotted(relative), []).append((root, path))
        return found

    def has_directory(self, path: str) -> bool:
        """Whether there are files of the project in a directory, however deep."""
        parent, child = os.path.split(path)
        return child in self._children.get(parent, ())

    def find_module(self, name: str, importer: str) -> str | None:
        """The file of an absolute module name, as seen from the importing file; None when it is not the project's or
        when two files answer equally well. A name without a dot must stand in a source root above the importer."""
        top = name.partition(".")[0]
        entries = self._modules.get(name)
        if entries is None and top in self._directory_names:
            entries = self._added_modules.get(name)
        if not entries or top in NEVER_OURS:
            return None
        paths = list(dict.fromkeys(path for _, path in entries))
        if len(paths) == 1 and ("." in name or not importer):
            return paths[0]
        seen = [(root, path) for root, path in entries if not root or importer.startswith(f"{root}/")]
        if seen:
            deepest = max(len(root) for root, _ in seen)
            paths = list(dict.fromkeys(path for root, path in seen if len(root) == deepest))
            packages = [path for path in paths if path.endswith("/__init__.py")]
            if len(paths) == 1 or len(packages) == 1:
                return (packages or paths)[0]
        return None

    def relative_module(self, importer: str, level: int, module: str) -> str | None:
        """The file of `from ..module import x` in the importing file."""
        directory = os.path.dirname(importer)
        for _ in range(level - 1):
            if not directory:
                return None
            directory = os.path.dirname(directory)
        parts = [directory] if directory else []
        parts += module.split(".") if module else []
        stem = "/".join(parts)
        package = f"{stem}/__init__.py" if stem else "__init__.py"
        for candidate in (package, f"{stem}.py") if module else (package,):
            if candidate in self._known:
                return candidate
        return None

    def is_package(self, path: str) -> bool:
        return os.path.basename(path) == "__init__.py"

    def has(self, path: str) -> bool:
        return path in self._known


def attribute(*names: str) -> re.Pattern[bytes]:
    """Matches wherever one of the names is read from something: `task.map`, with or without space behind the dot."""
    return re.compile(rb"\.(?:\s|\\|#[^\r\n]*[\r\n])*(?:%s)\b" % "|".join(names).encode())


def matched_by(pattern: re.Pattern[bytes], words: tuple[str, ...] = ()) -> Question:
    return Question("pattern", pattern.pattern.decode(), pattern.flags, words)


def dotted(path: str) -> str:
    stem = path.removesuffix(".py")
    if stem == "__init__":
        return ""
    return stem.removesuffix("/__init__").replace("/", ".")
