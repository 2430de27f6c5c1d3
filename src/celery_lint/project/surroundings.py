"""The files of a project that are not code, as far as somebody asked for them."""

from __future__ import annotations

import os
from functools import cached_property

from celery_lint.project.distribution import METADATA, packages_of

__all__ = ["Surroundings"]

LARGEST = 20_000_000


class Surroundings:
    """Reads files and lists directories below a root. `looked_for` are the paths, relative to it with forward slashes,
    that were asked for, there or not: what depends on them does not hold any longer when one of them changes."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.looked_for: set[str] = set()

    def text(self, path: str) -> str:
        """The content of a file, at most 20 MB; empty when it cannot be read."""
        self.looked_for.add(path)
        try:
            with open(os.path.join(self.root, path), encoding="utf-8", errors="replace") as stream:
                return stream.read(LARGEST)
        except OSError:
            return ""

    def names(self, directory: str = "") -> list[str]:
        """What a directory holds, sorted; nothing when it cannot be read."""
        self.looked_for.add(directory)
        try:
            return sorted(os.listdir(os.path.join(self.root, directory)))
        except OSError:
            return []

    @cached_property
    def distributed_packages(self) -> frozenset[str]:
        """The names that the package which others install may have; none when there is no such package."""
        return packages_of(*map(self.text, METADATA))
