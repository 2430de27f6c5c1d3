"""What earlier runs knew of files that have not changed since."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from celery_lint.facts import FileFacts
from celery_lint.question import Question

__all__ = ["NOTHING", "Recall"]


class Recall(Protocol):
    """Where facts come from. What it gives is what working it out anew would give."""

    @property
    def unchanged(self) -> frozenset[str]:
        """The files that are as they were when the `answers` were given."""

    @property
    def answers(self) -> Mapping[Question, frozenset[str]]:
        """Question about the content of files → the files for which it is true."""

    def content(self, path: str) -> bytes | None:
        """The bytes of a file, if they had to be read to know that it has changed."""

    def facts(self, path: str, extracted: Callable[[str], FileFacts]) -> FileFacts:
        """The facts of a file; `extracted` works them out."""


class _Nothing:
    unchanged: frozenset[str] = frozenset()
    answers: Mapping[Question, frozenset[str]] = {}

    def content(self, path: str) -> bytes | None:  # noqa: ARG002
        return None

    def facts(self, path: str, extracted: Callable[[str], FileFacts]) -> FileFacts:
        return extracted(path)


NOTHING: Recall = _Nothing()
"""Everything is worked out anew."""
