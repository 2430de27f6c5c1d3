"""Expressions, with everything inside them that is an event of its own: calls, lambdas, comprehensions."""

from __future__ import annotations

import ast
from math import isfinite
from typing import Any

from celery_lint.facts import schema as s
from celery_lint.facts.walk import Walk

__all__ = ["Expressions"]

DEEPEST = 150
"""Expressions nested deeper than this are not looked into: nobody writes them, generators do."""

LONGEST_STRING = 400
"""Longer string literals are kept only as far as this: no name, queue, URL or cron line is longer."""

OPERATORS: dict[type[ast.AST], str] = {
    ast.Add: "+",
    ast.BitOr: "|",
    ast.Mult: "*",
    ast.Sub: "-",
    ast.Mod: "%",
}


class Expressions(Walk):
    """What the statements of a file are made of."""

    def expr(self, node: ast.expr, use: str) -> s.Expr:
        if self.depth > DEEPEST:
            return s.Other("Deep")
        if type(node) is ast.Name:
            return s.Name(node.id)
        self.depth += 1
        handler = EXPRESSIONS.get(type(node))
        if handler is not None:
            found: s.Expr = handler(self, node, use)
        else:
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.expr):
                    self.expr(child, "other")
            found = s.Other(type(node).__name__)
        self.depth -= 1
        return found

    def attribute(self, node: ast.Attribute, use: str) -> s.Expr:
        base = self.expr(node.value, "receiver")
        if use != "function":
            self.reads.append(
                s.Read(base, node.attr, self.span(node), self.scope, self.frame, self.statement, self.tick())
            )
        return s.Attribute(base, node.attr)

    def call(self, node: ast.Call, use: str) -> s.Expr:
        index = len(self.calls)
        self.calls.append(None)
        func = self.expr(node.func, "function")
        outer = self.frame
        span = self.span(node)
        args = []
        for number, arg in enumerate(node.args):
            args.append(self.argument(arg, index, "*" if isinstance(arg, ast.Starred) else number, span))
        keywords = []
        for keyword in node.keywords:
            value = self.argument(keyword.value, index, keyword.arg or "**", span)
            keywords.append(s.Keyword(keyword.arg, value, self.span(keyword)))
        self.frame = outer
        self.calls[index] = s.Call(
            func, tuple(args), tuple(keywords), span, self.scope, outer, self.statement, self.tick(), use
        )
        return s.CallRef(index)

    def argument(self, node: ast.expr, call: int, argument: int | str, span: s.Span) -> s.Expr:
        """An argument gets a frame of its own only where something inside it could run later or send."""
        if type(node) in (ast.Name, ast.Constant, ast.Attribute):
            return self.expr(node, "argument")
        before = self.open_frame("argument", span, call=call, argument=argument)
        value = self.expr(node, "argument")
        self.frame = before
        return value

    def keywords(self, nodes: list[ast.keyword]) -> tuple[s.Keyword, ...]:
        return tuple(s.Keyword(k.arg, self.expr(k.value, "other"), self.span(k)) for k in nodes)

    def constant(self, node: ast.Constant, _use: str) -> s.Expr:
        value = node.value
        kind = type(value).__name__
        if isinstance(value, str):
            value = value[:LONGEST_STRING]
            return s.Constant(kind, value if value.isascii() else value.encode("utf-8", "replace").decode())
        if isinstance(value, float) and not isfinite(value):
            return s.Constant(kind, None)
        if isinstance(value, bool | float) or value is None:
            return s.Constant(kind, value)
        if isinstance(value, int) and -(2**63) <= value < 2**63:
            return s.Constant(kind, value)
        return s.Constant(kind, None)

    def display(self, node: ast.Tuple | ast.List | ast.Set, _use: str) -> s.Expr:
        kind: Any = type(node).__name__.lower()
        return s.Display(kind, tuple(self.expr(item, "item") for item in node.elts))

    def mapping(self, node: ast.Dict, _use: str) -> s.Expr:
        keys: list[s.Expr | None] = []
        values: list[s.Expr] = []
        spans: list[s.Span] = []
        for key, value in zip(node.keys, node.values, strict=True):
            keys.append(self.expr(key, "other") if key else None)
            values.append(self.expr(value, "item"))
            spans.append(self.span(key or value))
        return s.Mapping(tuple(keys), tuple(values), tuple(spans))

    def comprehension(self, node: Any, _use: str) -> s.Expr:
        outer = self.frame
        span = self.span(node)
        for clause in node.generators:
            value = self.expr(clause.iter, "iterated")
            self.open_frame("comprehension", span, expr=value)
            self.bind("loop", clause.target, value)
            for test in clause.ifs:
                self.expr(test, "test")
        kind: Any = COMPREHENSIONS[type(node)]
        if isinstance(node, ast.DictComp):
            self.expr(node.key, "other")
            element = self.expr(node.value, "item")
        else:
            element = self.expr(node.elt, "item")
        found = s.Comprehension(kind, element, self.frame)
        self.frame = outer
        return found

    def conditional(self, node: ast.IfExp, use: str) -> s.Expr:
        self.expr(node.test, "test")
        return s.Choice("if", (self.expr(node.body, use), self.expr(node.orelse, use)))

    def boolean(self, node: ast.BoolOp, use: str) -> s.Expr:
        kind: Any = "or" if isinstance(node.op, ast.Or) else "and"
        return s.Choice(kind, tuple(self.expr(value, use) for value in node.values))

    def comparison(self, node: ast.Compare, _use: str) -> s.Expr:
        operands = tuple(self.expr(part, "test") for part in (node.left, *node.comparators))
        return s.Comparison(tuple(type(operator).__name__ for operator in node.ops), operands)

    def unary(self, node: ast.UnaryOp, _use: str) -> s.Expr:
        value = self.expr(node.operand, "test")
        if isinstance(node.op, ast.Not):
            return s.Negation(value)
        if isinstance(node.op, ast.USub) and isinstance(value, s.Constant) and isinstance(value.value, int | float):
            return s.Constant(value.kind, -value.value)
        return s.Other("UnaryOp")

    def binary(self, node: ast.BinOp, _use: str) -> s.Expr:
        chain: list[ast.BinOp] = []
        leftmost: ast.expr = node
        while isinstance(leftmost, ast.BinOp):
            chain.append(leftmost)
            leftmost = leftmost.left
        value = self.expr(leftmost, "operand")
        for length, part in enumerate(reversed(chain), start=1):
            if length % DEEPEST == 0:
                value = s.Other("Deep")
            value = s.Operation(OPERATORS.get(type(part.op), "?"), value, self.expr(part.right, "operand"))
        return value

    def await_(self, node: ast.Await, _use: str) -> s.Expr:
        return s.Await(self.expr(node.value, "awaited"))

    def starred(self, node: ast.Starred, _use: str) -> s.Expr:
        return s.Spread(self.expr(node.value, "argument"))

    def subscript(self, node: ast.Subscript, _use: str) -> s.Expr:
        return s.Item(self.expr(node.value, "receiver"), self.expr(node.slice, "other"))

    def joined(self, node: ast.JoinedStr, _use: str) -> s.Expr:
        return s.Joined(tuple(self.expr(part, "other") for part in node.values))

    def formatted(self, node: ast.FormattedValue, _use: str) -> s.Expr:
        value = self.expr(node.value, "other")
        if node.format_spec:
            self.expr(node.format_spec, "other")
        return value

    def walrus(self, node: ast.NamedExpr, _use: str) -> s.Expr:
        value = self.expr(node.value, "assigned")
        self.bind("walrus", node.target, value)
        return value

    def yield_(self, node: ast.Yield | ast.YieldFrom, _use: str) -> s.Expr:
        self.generators.add(self.scope)
        value = self.expr(node.value, "yielded") if node.value else None
        kind: Any = "yield from" if isinstance(node, ast.YieldFrom) else "yield"
        self.returns.append(s.Return(kind, value, self.scope, self.frame, self.span(node), self.tick()))
        return s.Other("Yield")

    # Lambdas and parameters

    def lambda_(self, node: ast.Lambda, _use: str) -> s.Expr:
        scope, frame = self.scope, self.frame
        parameters = self.parameters(node.args)
        index = len(self.scopes)
        self.scopes.append(None)
        order = self.tick()
        self.scope = index
        span = self.span(node)
        self.open_frame("scope", span)
        own = self.frame
        body = self.expr(node.body, "returned")
        self.scopes[index] = s.Scope(
            "lambda", "", scope, frame, own, span, span, self.statement, order, parameters, body=body
        )
        self.scope, self.frame = scope, frame
        return s.LambdaRef(index)

    def parameters(self, node: ast.arguments) -> tuple[s.Parameter, ...]:
        found: list[s.Parameter] = []
        plain = [*node.posonlyargs, *node.args]
        missing = len(plain) - len(node.defaults)
        for number, arg in enumerate(plain):
            default = self.expr(node.defaults[number - missing], "default") if number >= missing else None
            kind = "positional-only" if number < len(node.posonlyargs) else "positional"
            found.append(self.parameter(arg, kind, default))
        if node.vararg:
            found.append(self.parameter(node.vararg, "variadic", None))
        for arg, value in zip(node.kwonlyargs, node.kw_defaults, strict=True):
            found.append(self.parameter(arg, "keyword-only", self.expr(value, "default") if value else None))
        if node.kwarg:
            found.append(self.parameter(node.kwarg, "keywords", None))
        return tuple(found)

    def parameter(self, arg: ast.arg, kind: Any, default: s.Expr | None) -> s.Parameter:
        return s.Parameter(arg.arg, kind, self.annotation(arg.annotation) if arg.annotation else None, default)

    def annotation(self, node: ast.expr) -> s.Expr:
        """An annotation; one that is written as a string is read."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            try:
                inner = ast.parse(node.value.strip(), mode="eval").body
            except (SyntaxError, ValueError):
                return s.Other("Annotation")
            for part in ast.walk(inner):
                if hasattr(part, "lineno"):
                    ast.copy_location(part, node)
            return self.annotation(inner)
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant | ast.Tuple):
            return s.Item(self.expr(node.value, "annotation"), self.annotation(node.slice))
        if isinstance(node, ast.Tuple):
            return s.Display("tuple", tuple(self.annotation(item) for item in node.elts))
        if isinstance(node, ast.BinOp):
            return s.Operation("|", self.annotation(node.left), self.annotation(node.right))
        return self.expr(node, "annotation")

    # Bindings

    def bind(
        self,
        kind: Any,
        target: ast.expr,
        value: s.Expr | None,
        path: tuple[int, ...] = (),
        annotation: s.Expr | None = None,
    ) -> None:
        if isinstance(target, ast.Name):
            self.binding(kind, target.id, None, value, path, annotation, self.span(target))
        elif isinstance(target, ast.Tuple | ast.List):
            after_star = False
            for number, item in enumerate(target.elts):
                self.bind(kind, item, value, (*path, number - len(target.elts) if after_star else number))
                after_star = after_star or isinstance(item, ast.Starred)
        elif isinstance(target, ast.Starred):
            self.bind(kind, target.value, None, ())
        elif isinstance(target, ast.Attribute):
            base = self.expr(target.value, "receiver")
            self.binding(kind, written(target), base, value, path, annotation, self.span(target))
        elif isinstance(target, ast.Subscript):
            base = self.expr(target.value, "receiver")
            self.expr(target.slice, "other")
            self.binding(kind, written(target), base, value, path, annotation, self.span(target))


def written(node: ast.expr) -> str:
    """A target as it is written, with single quotes: `self.order`, `DATABASES['default']`."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{written(node.value)}.{node.attr}"
    if isinstance(node, ast.Subscript):
        index = repr(node.slice.value) if isinstance(node.slice, ast.Constant) else "?"
        return f"{written(node.value)}[{index}]"
    return "?"


COMPREHENSIONS: dict[type[ast.AST], str] = {
    ast.ListComp: "list",
    ast.SetComp: "set",
    ast.DictComp: "dict",
    ast.GeneratorExp: "generator",
}

EXPRESSIONS: dict[type[ast.AST], Any] = {
    ast.Attribute: Expressions.attribute,
    ast.Call: Expressions.call,
    ast.Constant: Expressions.constant,
    ast.Tuple: Expressions.display,
    ast.List: Expressions.display,
    ast.Set: Expressions.display,
    ast.Dict: Expressions.mapping,
    ast.ListComp: Expressions.comprehension,
    ast.SetComp: Expressions.comprehension,
    ast.DictComp: Expressions.comprehension,
    ast.GeneratorExp: Expressions.comprehension,
    ast.IfExp: Expressions.conditional,
    ast.BoolOp: Expressions.boolean,
    ast.BinOp: Expressions.binary,
    ast.Compare: Expressions.comparison,
    ast.UnaryOp: Expressions.unary,
    ast.Await: Expressions.await_,
    ast.Starred: Expressions.starred,
    ast.Subscript: Expressions.subscript,
    ast.JoinedStr: Expressions.joined,
    ast.FormattedValue: Expressions.formatted,
    ast.NamedExpr: Expressions.walrus,
    ast.Yield: Expressions.yield_,
    ast.YieldFrom: Expressions.yield_,
    ast.Lambda: Expressions.lambda_,
}
