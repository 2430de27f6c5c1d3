"""The concrete syntax tree of a cut: which nodes stand where, and the shape of calls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

if TYPE_CHECKING:
    from collections.abc import Callable

    from celery_lint.inspection.source import Position, Span
    from celery_lint.inspection.statement import Cut

__all__ = ["CallShape", "ConcreteTree", "ParsingError"]


class ParsingError(Exception):
    """libcst cannot read the text."""


@dataclass(frozen=True, slots=True)
class CallShape:
    """The parts of a call: `function_end` is behind its function, `opening` and `closing` are its brackets.

    `attribute` is the method's name, if it is one; `generator` says that the sole argument is a generator
    that borrows the call's brackets.
    """

    start: Position
    function_end: Position
    attribute: Span | None
    opening: Position
    closing: Position
    arguments: int
    generator: bool


class ConcreteTree:
    """A parsed cut whose nodes are found by the region that they have in the file.

    Raises ParsingError if libcst cannot read it.
    """

    def __init__(self, cut: Cut) -> None:
        self._shift = cut.first_line - 1 - cut.lines_above
        try:
            wrapper = MetadataWrapper(cst.parse_module(cut.text), unsafe_skip_copy=True)
            self._ranges = wrapper.resolve(PositionProvider)
        except cst.ParserSyntaxError as error:
            raise ParsingError(error.message) from error
        except (RecursionError, KeyError) as error:
            # Deep code generation runs out of frames; libcst may lose the error on the way and look up a node
            # that has no position.
            raise ParsingError("it nests too deeply") from error
        self._index: dict[Span, list[cst.CSTNode]] = {}
        for node in self._ranges:
            self._index.setdefault(self._span(node), []).append(node)
            self._add_brackets(node)

    def _span(self, node: cst.CSTNode) -> Span:
        where = self._ranges[node]
        return (
            where.start.line + self._shift,
            where.start.column + 1,
            where.end.line + self._shift,
            where.end.column + 1,
        )

    def _start(self, node: cst.CSTNode) -> Position:
        return self._span(node)[:2]

    def _end(self, node: cst.CSTNode) -> Position:
        return self._span(node)[2:]

    def _add_brackets(self, node: cst.CSTNode) -> None:
        """Regions that `ast` gives to tuples and generators: with the brackets that libcst leaves out."""
        if isinstance(node, cst.BaseExpression) and node.lpar:
            for left, right in zip(node.lpar, reversed(node.rpar), strict=False):
                self._index.setdefault(self._start(left) + self._end(right), []).append(node)
        elif isinstance(node, cst.Subscript) and node.slice:
            first, last = node.slice[0], node.slice[-1]
            comma = last.comma
            end = self._end(comma) if isinstance(comma, cst.Comma) else self._end(last)
            self._index.setdefault(self._start(first) + end, []).append(first)
        if isinstance(node, cst.Call) and _borrows_brackets(node):
            opening = self._end(node.whitespace_after_func)
            self._index.setdefault(opening + self._end(node), []).append(node.args[0].value)

    def bounds(self, position: Position) -> bool:
        """Whether a node starts or ends there."""
        return any(position in (span[:2], span[2:]) for span in self._index)

    def confirms(self, expect: str, span: Span) -> bool:
        """Whether the node that `expect` names stands at the region."""
        return _CONFIRM[expect](self, span)

    def _at(self, span: Span, kinds: type[cst.CSTNode] | tuple[type[cst.CSTNode], ...]) -> bool:
        return any(isinstance(node, kinds) for node in self._index.get(span, ()))

    def _call(self, span: Span) -> bool:
        return self._at(span, cst.Call)

    def _expression(self, span: Span) -> bool:
        return self._at(span, _EXPRESSIONS)

    def _assignment(self, span: Span) -> bool:
        if self._at(span, _ASSIGNMENTS):
            return True
        if any(isinstance(node, cst.Arg) and node.keyword for node in self._index.get(span, ())):
            return True
        for nodes in self._index.values():
            for node in nodes:
                if isinstance(node, cst.Arg) and node.keyword and self._span(node.keyword) == span:
                    return True
                if isinstance(node, cst.DictElement) and self._span(node.key) == span:
                    return True
                if isinstance(node, _STATEMENTS) and any(self._span(part) == span for part in node.children):
                    return True
        return False

    def _definition(self, span: Span) -> bool:
        return any(
            span[:2] in (self._start(node), self._start(node.name), *map(self._start, node.decorators))
            for node in self._ranges
            if isinstance(node, cst.FunctionDef | cst.ClassDef)
        )

    def _decorator(self, span: Span) -> bool:
        return any(
            span in (self._span(node), self._span(node.decorator))
            for node in self._ranges
            if isinstance(node, cst.Decorator)
        )

    def _with(self, span: Span) -> bool:
        for node in self._ranges:
            if isinstance(node, cst.With) and self._start(node) == span[:2]:
                return True
            if isinstance(node, cst.WithItem):
                item = node.item
                if span in (self._span(node), self._span(item)):
                    return True
                if item.lpar and span == self._start(item.lpar[0]) + self._end(item.rpar[-1]):
                    return True
        return False

    def call(self, span: Span) -> CallShape | None:
        """The shape of the call at the region, if there is one."""
        for node in self._index.get(span, ()):
            if isinstance(node, cst.Call):
                function = node.func
                end = self._end(function.rpar[-1]) if function.rpar else self._end(function)
                line, column = self._end(node)
                return CallShape(
                    start=self._start(node),
                    function_end=end,
                    attribute=self._span(function.attr) if isinstance(function, cst.Attribute) else None,
                    opening=self._end(node.whitespace_after_func),
                    closing=(line, column - 1),
                    arguments=len(node.args),
                    generator=_borrows_brackets(node),
                )
        return None


def _borrows_brackets(call: cst.Call) -> bool:
    if len(call.args) != 1:
        return False
    value = call.args[0].value
    return isinstance(value, cst.GeneratorExp) and not value.lpar


_EXPRESSIONS = (cst.BaseExpression, cst.Arg, cst.BaseSlice, cst.SubscriptElement)
_STATEMENTS = (cst.Assign, cst.AnnAssign, cst.AugAssign)
_ASSIGNMENTS = (*_STATEMENTS, cst.NamedExpr, cst.DictElement)

_CONFIRM: dict[str, Callable[[ConcreteTree, Span], bool]] = {
    "call": ConcreteTree._call,
    "name": ConcreteTree._expression,
    "expression": ConcreteTree._expression,
    "assignment": ConcreteTree._assignment,
    "definition": ConcreteTree._definition,
    "decorator": ConcreteTree._decorator,
    "with": ConcreteTree._with,
}
