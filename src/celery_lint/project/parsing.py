"""Files that an executor parses while the project is linked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, Future

from celery_lint.facts import FileFacts
from celery_lint.facts.batch import decoded, encoded
from celery_lint.project.sources import Sources

__all__ = ["Parsing"]

BATCH = 200_000
"""Bytes of code that one call of the executor gets: some tenths of a second of work."""


class Parsing:
    """The files begin to be parsed at once; what the executor fails at is left to whoever asks."""

    def __init__(self, executor: Executor, sources: Sources, paths: Iterable[str]) -> None:
        self._found: dict[str, tuple[Future[list[bytes]], int]] = {}
        for batch in batches(sources, paths):
            future = executor.submit(encoded, [sources.content(path) for path in batch])
            for number, path in enumerate(batch):
                self._found[path] = future, number

    def facts(self, path: str) -> FileFacts | None:
        """The facts of a file that was given to the executor; None when it has none."""
        future, number = self._found.pop(path, (None, 0))
        if future is None:
            return None
        try:
            return decoded(future.result()[number])
        except Exception:
            # Whatever becomes of a worker or of what it sends: the file is here and can be parsed.
            return None


def batches(sources: Sources, paths: Iterable[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    size = 0
    for path in paths:
        batch.append(path)
        size += len(sources.content(path))
        if size >= BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
