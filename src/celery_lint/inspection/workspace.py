"""The files and concrete trees that one inspection reads, each once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from celery_lint.inspection.source import DecodingError, SourceText
from celery_lint.inspection.statement import DepthError, cuts, is_bearable

if TYPE_CHECKING:
    from collections.abc import Callable

    from celery_lint.finding import Location
    from celery_lint.inspection.source import Span
    from celery_lint.inspection.statement import Cut
    from celery_lint.inspection.tree import ConcreteTree

__all__ = ["NotFoundError", "Workspace", "span_of"]


class NotFoundError(Exception):
    """No tree shows what was looked for; says why."""


def span_of(location: Location) -> Span:
    return location.line, location.column, location.end_line, location.end_column


class Workspace:
    """Reads files and parses statements on demand. `read` gives the bytes of a path or raises OSError. `consulted` are
    the paths whose text was asked for since it was last cleared."""

    def __init__(self, read: Callable[[str], bytes]) -> None:
        self.consulted: set[str] = set()
        self._read = read
        self._sources: dict[str, SourceText | str] = {}
        self._trees: dict[Cut, ConcreteTree | None] = {}
        self._trees_of = ""

    def source(self, path: str) -> SourceText:
        """The text of a file; raises NotFoundError."""
        self.consulted.add(path)
        if path not in self._sources:
            try:
                self._sources[path] = SourceText(path, self._read(path))
            except OSError as error:
                self._sources[path] = f"cannot be read: {error.strerror or error}"
            except DecodingError as error:
                self._sources[path] = f"cannot be decoded: {error}"
        source = self._sources[path]
        if isinstance(source, str):
            raise NotFoundError(f"{path} {source}")
        return source

    def find(
        self, location: Location, statement: Location | None, accepts: Callable[[ConcreteTree], bool]
    ) -> tuple[ConcreteTree, Cut]:
        """The smallest tree around `location` that `accepts` takes, and its cut; raises NotFoundError."""
        source = self.source(location.path)
        if not source.has((location.line, location.column)) or not source.has((location.end_line, location.end_column)):
            raise NotFoundError("the place is not in the file")
        if location.path != self._trees_of:
            self._trees_of = location.path
            self._trees.clear()
        parsed = False
        try:
            for cut in cuts(source, location, statement):
                tree = self._tree(cut)
                if tree is not None:
                    parsed = True
                    if accepts(tree):
                        return tree, cut
        except (DepthError, RecursionError):
            raise NotFoundError("the statement nests too deeply to be read") from None
        raise NotFoundError("nothing of the kind stands there" if parsed else "the statement does not parse")

    def _tree(self, cut: Cut) -> ConcreteTree | None:
        if cut not in self._trees:
            from celery_lint.inspection.tree import ConcreteTree, ParsingError

            tree = None
            if is_bearable(cut):
                try:
                    tree = ConcreteTree(cut)
                except ParsingError:
                    tree = None
            self._trees[cut] = tree
        return self._trees[cut]
