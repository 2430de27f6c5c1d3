"""Where the walk over a file's tree stands, and what every part of it records."""

from __future__ import annotations

import io
import tokenize
from bisect import bisect_right
from typing import Any

from celery_lint.facts import schema as s

__all__ = ["Walk"]


class Walk:
    """`scope`, `frame` and `statement` are where the walk stands; the lists are what it has recorded."""

    def __init__(self, source: bytes) -> None:
        self.scopes: list[s.Scope | None] = []
        self.frames: list[s.Frame] = []
        self.calls: list[s.Call | None] = []
        self.bindings: list[s.Binding] = []
        self.imports: list[s.Import] = []
        self.returns: list[s.Return] = []
        self.breaks: list[s.Break] = []
        self.reads: list[s.Read] = []
        self.statements: list[s.Span] = []
        self.scope = self.frame = 0
        self.statement = -1
        self.order = 0
        self.depth = 0
        self.generators: set[int] = set()
        self.globals: dict[int, list[str]] = {}
        self.nonlocals: dict[int, list[str]] = {}
        self.wide: dict[int, tuple[list[int], list[int]]] = {}
        if not source.isascii():
            lines = enumerate(decoded_lines(source), start=1)
            self.wide = {number: wide_characters(line) for number, line in lines if not line.isascii()}

    # Where things are

    def tick(self) -> int:
        self.order += 1
        return self.order

    def column(self, line: int, offset: int) -> int:
        """The 1-based code-point column of a byte offset that `ast` gives."""
        table = self.wide.get(line)
        if table is None:
            return offset + 1
        ends, extra = table
        return offset - extra[bisect_right(ends, offset)] + 1

    def span(self, node: Any) -> s.Span:
        first, last = node.lineno, node.end_lineno
        if first not in self.wide and last not in self.wide:
            return s.Span(first, node.col_offset + 1, last, node.end_col_offset + 1)
        return s.Span(first, self.column(first, node.col_offset), last, self.column(last, node.end_col_offset))

    def header(self, node: Any, parts: list[Any], least: tuple[int, int] = (0, 0)) -> s.Span:
        """A compound statement as far as its last header expression, or its name; decorators come first."""
        first = node.decorator_list[0] if getattr(node, "decorator_list", None) else node
        line, column = node.lineno, self.column(node.lineno, node.col_offset)
        last, offset = max([(part.end_lineno, part.end_col_offset) for part in parts if part], default=(0, 0))
        end = max((last, self.column(last, offset)), least, (line, column + 1))
        return s.Span(first.lineno, column, *end)

    def open_frame(self, kind: s.FrameKind, span: s.Span, **extra: Any) -> int:
        """Enter a frame; returns the one to go back to."""
        before = self.frame
        self.frames.append(s.Frame(kind, before, self.scope, span, self.tick(), **extra))
        self.frame = len(self.frames) - 1
        return before

    def begin(self, span: s.Span) -> None:
        self.statements.append(span)
        self.statement = len(self.statements) - 1

    def binding(
        self,
        kind: Any,
        target: str,
        base: s.Expr | None,
        value: s.Expr | None,
        path: tuple[int, ...],
        annotation: s.Expr | None,
        span: s.Span,
    ) -> None:
        self.bindings.append(
            s.Binding(
                kind,
                target,
                base,
                value,
                path,
                annotation,
                self.scope,
                self.frame,
                self.statement,
                span,
                self.tick(),
            )
        )


def wide_characters(text: str) -> tuple[list[int], list[int]]:
    """The byte offset behind each character that takes more than one byte, and how many bytes more than characters
    there are before the first, the second, … of them and behind the last."""
    ends: list[int] = []
    extra = [0]
    for position, character in enumerate(text):
        if not character.isascii():
            more = len(character.encode("utf-8", "replace")) - 1
            ends.append(position + extra[-1] + more + 1)
            extra.append(extra[-1] + more)
    return ends, extra


def decoded_lines(source: bytes) -> list[str]:
    """The lines as `ast` counts them: decoded by cookie or BOM, with \\r\\n and \\r as newlines."""
    encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
    text = source.decode(encoding, "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
