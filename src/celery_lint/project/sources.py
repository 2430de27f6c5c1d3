"""The files of a project: their bytes, their module names, and which of them contain a word."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import PurePosixPath

from celery_lint.project.places import place_of

__all__ = ["Sources"]

MANAGE = "manage.py"
CLASS_HEAD = re.compile(rb"\bclass\s+\w+\s*\(([^:]*)")
NEVER_OURS = frozenset({"celery", "django", "kombu", "rest_framework"})
"""Top-level names that mean the library even where a file of the project could answer to them."""

WORD = re.compile(rb"[^\W\d]\w*")


class Sources:
    """Reads each file at most once. Paths are relative to the root, with forward slashes."""

    def __init__(self, root: str, files: Sequence[str], overlay: Mapping[str, bytes]) -> None:
        self.root = root
        self.files = tuple(files)
        self.unreadable: dict[str, str] = {}
        self._overlay = overlay
        self._bytes: dict[str, bytes] = {}
        self._bases: dict[str, frozenset[bytes]] = {}
        self._containing: dict[str, tuple[str, ...]] = {}
        self._known = frozenset(files)
        self._manage = frozenset(os.path.dirname(path) for path in files if os.path.basename(path) == MANAGE)
        self._roots: dict[str, tuple[str, ...]] = {}

    def read(self, path: str) -> bytes:
        """The bytes of a file; empty when it cannot be read, which `unreadable` then says."""
        found = self._bytes.get(path)
        if found is None:
            found = self._overlay.get(path)
            if found is None:
                try:
                    with open(os.path.join(self.root, path), "rb") as stream:
                        found = stream.read()
                except OSError as error:
                    self.unreadable[path] = error.strerror or str(error)
                    found = b""
            self._bytes[path] = found
        return found

    def size(self, path: str) -> int:
        """Bytes of a file, without reading it; 0 when it cannot be told."""
        if path in self._overlay:
            return len(self._overlay[path])
        try:
            return os.path.getsize(os.path.join(self.root, path))
        except OSError:
            return 0

    # Words. "Code" is what may run in production: no tests, and of migrations only those that run functions.

    @cached_property
    def _code_words(self) -> list[tuple[str, frozenset[bytes]]]:
        return [(path, frozenset(WORD.findall(self.read(path)))) for path in self.code]

    @cached_property
    def code(self) -> tuple[str, ...]:
        return tuple(path for path in self.files if self._is_code(path))

    def _is_code(self, path: str) -> bool:
        """Not a test, nor a migration without functions of its own."""
        if place_of(path) == "tests":
            return False
        return "migrations" not in path.split("/")[:-1] or b"RunPython" in self.read(path)

    def code_containing(self, word: str) -> tuple[str, ...]:
        """The code files in which the word stands, in the order of `files`."""
        found = self._containing.get(word)
        if found is None:
            needle = word.encode()
            if word.isascii():
                found = tuple(path for path, words in self._code_words if needle in words)
            else:
                found = tuple(path for path, _ in self._code_words if needle in self.read(path))
            self._containing[word] = found
        return found

    def code_with_any(self, words: Iterable[str]) -> Iterator[str]:
        """The code files in which one of the words stands."""
        needles = frozenset(word.encode() for word in words)
        return (path for path, found in self._code_words if not needles.isdisjoint(found))

    def base_words(self, path: str) -> frozenset[bytes]:
        """The words in the heads of a file's classes, and the names it imports under another."""
        found = self._bases.get(path)
        if found is None:
            content = self.read(path)
            words = [word for head in CLASS_HEAD.findall(content) for word in WORD.findall(head)]
            renamed = (part[-80:].split() for part in content.split(b" as ")[:-1])
            found = self._bases[path] = frozenset((*words, *(parts[-1] for parts in renamed if parts)))
        return found

    def elsewhere_containing(self, texts: Iterable[bytes]) -> Iterator[str]:
        """The tests and migrations in whose bytes one of the texts stands, word or not."""
        needles = tuple(texts)
        code = frozenset(self.code)
        for path in self.files:
            if path not in code:
                content = self.read(path)
                if any(needle in content for needle in needles):
                    yield path

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
        current = directory
        while current:
            if current == package or current in self._manage or os.path.basename(current) == "src":
                yield current
            current = os.path.dirname(current)
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

    def find_module(self, name: str, importer: str) -> str | None:
        """The file of an absolute module name, as seen from the importing file; None when it is not the project's or
        when two files answer equally well. A name without a dot must stand in a source root above the importer."""
        entries = self._modules.get(name)
        if not entries or name.partition(".")[0] in NEVER_OURS:
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


def dotted(path: str) -> str:
    stem = path.removesuffix(".py")
    if stem == "__init__":
        return ""
    return stem.removesuffix("/__init__").replace("/", ".")
