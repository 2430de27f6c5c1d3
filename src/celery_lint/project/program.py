"""The project's files as views, read when first asked for."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from celery_lint.facts import FileFacts, Span, extract
from celery_lint.facts.schema import Call, Import
from celery_lint.finding import Location
from celery_lint.project.recall import NOTHING, Recall
from celery_lint.project.sources import Sources
from celery_lint.project.view import FileView

if TYPE_CHECKING:
    from collections.abc import Iterable
    from concurrent.futures import Executor

    from celery_lint.project.parsing import Parsing

__all__ = ["Place", "Program"]

END = 1 << 30
"""Later than any `order` of a file."""


class Place(Struct, frozen=True):
    """Where an expression is evaluated: which names it sees, and which of their values can have reached it."""

    path: str
    scope: int
    frame: int
    order: int


class Program:
    """Facts on demand. A file is parsed at most once, and only when something needs it."""

    def __init__(self, sources: Sources, recall: Recall = NOTHING) -> None:
        self.sources = sources
        self._recall = recall
        self._parsing: Parsing | None = None
        self.seconds = 0.0
        self._views: dict[str, FileView] = {}

    def view(self, path: str) -> FileView:
        found = self._views.get(path)
        if found is None:
            self.sources.used.add(path)
            before = time.process_time()
            facts = self._recall.facts(path, self._extracted)
            self.seconds += time.process_time() - before
            if facts.failure is not None:
                facts = structs.replace(EMPTY, failure=facts.failure)
            found = self._views[path] = FileView(path, facts)
        return found

    def _extracted(self, path: str) -> FileFacts:
        found = self._parsing.facts(path) if self._parsing is not None else None
        return found or extract(self.sources.read(path))

    def parse_ahead(self, executor: Executor, paths: Iterable[str]) -> None:
        """Have the executor parse files that are likely to be asked for. It changes nothing but who does the work."""
        from celery_lint.project.parsing import Parsing

        unchanged = self._recall.unchanged
        self._parsing = Parsing(executor, self.sources, (path for path in paths if path not in unchanged))

    @property
    def views(self) -> tuple[FileView, ...]:
        """The files read so far."""
        return tuple(self._views.values())

    def imported_modules(self, view: FileView, item: Import) -> tuple[str, ...]:
        """The files of the project that an import may run, without those of the packages around them."""
        inner = f"{item.module}.{item.name}".strip(".")
        if item.level:
            found = [self.sources.relative_module(view.path, item.level, name) for name in (item.module, inner)]
        else:
            found = [self.sources.find_module(name, view.path) for name in (item.module, inner)]
        return tuple(path for path in found if path is not None)

    def place_of_call(self, path: str, call: Call) -> Place:
        return Place(path, call.scope, call.frame, call.order)

    def end_of(self, path: str) -> Place:
        """The module once it has been imported."""
        return Place(path, 0, 0, END)

    def location(self, path: str, span: Span) -> Location:
        return Location(path, span.line, span.column, span.end_line, span.end_column)


EMPTY = extract(b"")
"""The facts of a file that does not parse, but for its failure: a module with nothing in it."""
