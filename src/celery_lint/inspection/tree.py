"""The concrete syntax tree of a cut: which nodes stand where, and the shape of calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider
from msgspec import Struct

from celery_lint.inspection.listing import Item, Listing

if TYPE_CHECKING:
    from collections.abc import Callable

    from celery_lint.inspection.source import Position, Span
    from celery_lint.inspection.statement import Cut

__all__ = ["CallShape", "ConcreteTree", "ParsingError", "Value", "Word"]


class ParsingError(Exception):
    """libcst cannot read the text."""


class CallShape(Struct, frozen=True):
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


class Word(Struct, frozen=True):
    """A name, or a string in one piece: `before` and `behind` it stand its quotes."""

    region: Span
    before: str = ""
    behind: str = ""


class Value(Struct, frozen=True):
    """An expression; `bare` is the region without brackets around it that mean nothing."""

    region: Span
    bare: Span


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
                targets = node.target if isinstance(node, cst.AssignTarget) else None
                if isinstance(targets, cst.Tuple | cst.List) and self._is_element(targets, span):
                    return True
                if isinstance(node, _STATEMENTS) and any(self._span(part) == span for part in node.children):
                    return True
        return False

    def _is_element(self, node: cst.Tuple | cst.List, span: Span) -> bool:
        return any(self._span(each.value) == span for each in node.elements)

    def _definition(self, span: Span) -> bool:
        return self._defined(span[:2]) is not None

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

    def _handler(self, span: Span) -> bool:
        kinds = (cst.ExceptHandler, cst.ExceptStarHandler)
        return any(isinstance(node, kinds) and self._start(node) == span[:2] for node in self._ranges)

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

    def arguments(self, span: Span) -> Listing | None:
        """The arguments of the call at the region, or of the decorator there, if it has brackets."""
        for node in self._index.get(span, ()):
            call = node.decorator if isinstance(node, cst.Decorator) else node
            if isinstance(call, cst.Call) and not _borrows_brackets(call):
                line, column = self._end(call.whitespace_after_func)
                return Listing((line, column + 1), tuple(map(self._argument, call.args)))
        return None

    def bare_decorator(self, span: Span) -> Position | None:
        """The end of the decorator at the region, if it is no call."""
        for node in self._ranges:
            if (
                isinstance(node, cst.Decorator)
                and not isinstance(node.decorator, cst.Call)
                and span in (self._span(node), self._span(node.decorator))
            ):
                return self._end(node)
        return None

    def _argument(self, node: cst.Arg) -> Item:
        key = self._span(node.keyword) if node.keyword else None
        return self._item(node, node.keyword.value if node.keyword else node.star, key, node.value)

    def _item(
        self,
        node: cst.Arg | cst.Param | cst.BaseDictElement,
        name: str,
        key: Span | None = None,
        value: cst.BaseExpression | None = None,
    ) -> Item:
        end = self._end(node) if not isinstance(node, cst.Param) else self._end_of_parameter(node)
        behind = self._end(node.comma) if isinstance(node.comma, cst.Comma) else end
        region = None
        if value is not None:
            region = self._start(value.lpar[0] if value.lpar else value) + end
        return Item(self._start(node), end, behind, name, key, region)

    def word(self, span: Span) -> Word | None:
        """The word at the region: a name or string, or the last of what stands there."""
        for node in self._index.get(span, ()):
            if isinstance(node, cst.Arg) and node.keyword:
                return Word(self._span(node.keyword))
            if isinstance(node, cst.Attribute):
                return Word(self._span(node.attr))
            if isinstance(node, cst.Subscript) and isinstance(node.slice[-1].slice, cst.Index):
                node = node.slice[-1].slice.value
            if isinstance(node, cst.Name):
                return Word(self._span(node))
            if isinstance(node, cst.SimpleString):
                return Word(self._span(node), node.prefix + node.quote, node.quote)
        return None

    def value(self, span: Span) -> Value | None:
        """What is given to the name, attribute, item, key or keyword at the region."""
        node = self._given(span)
        return self._value(node) if node is not None else None

    def _given(self, span: Span) -> cst.BaseExpression | None:
        for node in self._ranges:
            if isinstance(node, cst.Assign):
                if any(self._span(each.target) == span for each in node.targets):
                    return node.value
            elif isinstance(node, cst.AnnAssign | cst.AugAssign):
                if self._span(node.target) == span:
                    return node.value
            elif isinstance(node, cst.DictElement):
                if self._span(node.key) == span:
                    return node.value
            elif isinstance(node, cst.Arg) and node.keyword and span in (self._span(node), self._span(node.keyword)):
                return node.value
        return None

    def _value(self, node: cst.BaseExpression) -> Value:
        bare = self._span(node)
        if not node.lpar:
            return Value(bare, bare)
        region = self._start(node.lpar[0]) + self._end(node.rpar[-1])
        return Value(region, region if isinstance(node, cst.Tuple | cst.GeneratorExp) else bare)

    def argument(self, span: Span, argument: int | str) -> Value | None:
        """The argument of the call at the region, by its position or keyword."""
        for node in self._index.get(span, ()):
            if isinstance(node, cst.Call):
                for number, each in enumerate(node.args):
                    if each.star:
                        break
                    if (each.keyword.value if each.keyword else number) == argument:
                        return self._value(each.value)
        return None

    def items(self, span: Span) -> Listing | None:
        """The items of the list, or tuple in brackets, that is given to what stands at the region."""
        node = self._given(span)
        if isinstance(node, cst.List):
            inside = self._end(node.lbracket)
        elif isinstance(node, cst.Tuple) and node.lpar:
            inside = self._end(node.lpar[-1])
        else:
            return None
        return Listing(inside, tuple(self._element(each) for each in node.elements))

    def _element(self, node: cst.BaseElement) -> Item:
        line, column, *last = self._value(node.value).region
        end = (last[0], last[1])
        behind = self._end(node.comma) if isinstance(node.comma, cst.Comma) else end
        start = self._start(node) if isinstance(node, cst.StarredElement) else (line, column)
        return Item(start, end, behind)

    def entries(self, span: Span) -> Listing | None:
        """The entries of the dict display at the region; those with strings for keys have their names."""
        for node in self._index.get(span, ()):
            if isinstance(node, cst.Dict):
                return Listing(self._end(node.lbrace), tuple(map(self._entry, node.elements)))
        return None

    def _entry(self, node: cst.BaseDictElement) -> Item:
        if not isinstance(node, cst.DictElement):
            return self._item(node, "**")
        text = node.key.evaluated_value if isinstance(node.key, cst.SimpleString) else ""
        return self._item(node, text if isinstance(text, str) else "", self._span(node.key), node.value)

    def parameters(self, position: Position) -> tuple[Listing, int] | None:
        """The parameters of the function that begins there, and how many of them can go by position."""
        node = self._defined(position)
        if not isinstance(node, cst.FunctionDef):
            return None
        given = node.params
        items = [self._item(each, each.name.value) for each in given.posonly_params]
        items += self._sign(given.posonly_ind)
        items += [self._item(each, each.name.value) for each in given.params]
        by_position = len(items)
        items += self._sign(given.star_arg)
        items += [self._item(each, each.name.value) for each in given.kwonly_params]
        items += self._sign(given.star_kwarg)
        return Listing(self._start(node.whitespace_before_params), tuple(items)), by_position

    def _end_of_parameter(self, node: cst.Param) -> Position:
        """libcst ends a parameter with its name."""
        last = node.default or (node.annotation.annotation if node.annotation else node.name)
        return self._end(last.rpar[-1] if last.rpar else last)

    def _sign(self, node: object) -> list[Item]:
        """`*`, `/`, `*args` or `**kwargs`."""
        if isinstance(node, cst.Param):
            return [self._item(node, str(node.star))]
        if isinstance(node, cst.ParamStar | cst.ParamSlash):
            line, column = self._start(node)
            end = line, column + 1
            behind = self._end(node.comma) if isinstance(node.comma, cst.Comma) else end
            return [Item((line, column), end, behind)]
        return []

    def _defined(self, position: Position) -> cst.FunctionDef | cst.ClassDef | None:
        for node in self._ranges:
            if isinstance(node, cst.FunctionDef | cst.ClassDef) and position in (
                self._start(node),
                self._start(node.name),
                *map(self._start, node.decorators),
            ):
                return node
        return None

    def decorators(self, position: Position) -> tuple[list[Span], int] | None:
        """The decorators of what is defined there, and the line of its `def` or `class`."""
        node = self._defined(position)
        if node is None:
            return None
        return [self._span(each) for each in node.decorators], self._start(node.name)[0]

    def decorators_with(self, span: Span) -> list[tuple[Span, Span]]:
        """The decorators that stand together with the one at the region, each with the region of its expression."""
        for node in self._ranges:
            if isinstance(node, cst.FunctionDef | cst.ClassDef):
                found = [(self._span(each), self._span(each.decorator)) for each in node.decorators]
                if any(span in each for each in found):
                    return found
        return []


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
    "handler": ConcreteTree._handler,
    "with": ConcreteTree._with,
}
