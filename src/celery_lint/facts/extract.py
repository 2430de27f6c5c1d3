"""Bytes of a Python file → `FileFacts`. Pure: the same bytes give the same facts wherever the file lies."""

from __future__ import annotations

import ast
import io
import sys
import tokenize
import warnings
from typing import Any

from celery_lint.facts import schema as s

__all__ = ["extract"]

DEEPEST = 20_000
"""How deep our own recursion may go; `ast.parse` itself gives up earlier on most nested input."""

LONGEST_STRING = 400
"""Longer string literals are kept only as far as this: no name, queue, URL or cron line is longer."""


def extract(source: bytes) -> s.FileFacts:
    """The facts of a file; a file that does not parse has only a `failure`."""
    limit = sys.getrecursionlimit()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
        sys.setrecursionlimit(max(limit, DEEPEST))
        return Extractor(source).run(tree)
    except SyntaxError as error:
        return failed(error.lineno or 1, error.offset or 1, error.msg)
    except (RecursionError, MemoryError):
        return failed(1, 1, "nested too deeply")
    except (ValueError, LookupError) as error:
        return failed(1, 1, str(error))
    finally:
        sys.setrecursionlimit(limit)


def failed(line: int, column: int, message: str) -> s.FileFacts:
    return s.FileFacts(failure=s.ParseFailure(max(line, 1), max(column, 1), message))


NOWHERE = s.Span(1, 1, 1, 1)
OPERATORS: dict[type[ast.AST], str] = {
    ast.Add: "+",
    ast.BitOr: "|",
    ast.Mult: "*",
    ast.Sub: "-",
    ast.Mod: "%",
}


class Extractor:
    """One walk over the tree. `scope`, `frame` and `statement` are where the walk stands."""

    def __init__(self, source: bytes) -> None:
        self.scopes: list[s.Scope | None] = []
        self.frames: list[s.Frame] = []
        self.calls: list[s.Call | None] = []
        self.bindings: list[s.Binding] = []
        self.imports: list[s.Import] = []
        self.returns: list[s.Return] = []
        self.reads: list[s.Read] = []
        self.statements: list[s.Span] = []
        self.scope = self.frame = 0
        self.statement = -1
        self.order = 0
        self.generators: set[int] = set()
        self.globals: dict[int, list[str]] = {}
        self.lines: list[str] | None = None
        if not source.isascii():
            self.lines = decoded_lines(source)

    def run(self, tree: ast.Module) -> s.FileFacts:
        self.frames.append(s.Frame("scope", -1, 0, NOWHERE, 0))
        self.scopes.append(s.Scope("module", "", -1, -1, 0, NOWHERE, NOWHERE, -1, 0))
        self.block(tree.body)
        return s.FileFacts(
            tuple(scope for scope in self.scopes if scope is not None),
            tuple(self.frames),
            tuple(call for call in self.calls if call is not None),
            tuple(self.bindings),
            tuple(self.imports),
            tuple(self.returns),
            tuple(self.reads),
            tuple(self.statements),
        )

    # Where things are

    def tick(self) -> int:
        self.order += 1
        return self.order

    def column(self, line: int, offset: int) -> int:
        """The 1-based code-point column of a byte offset that `ast` gives."""
        if self.lines is None or line > len(self.lines):
            return offset + 1
        text = self.lines[line - 1]
        if text.isascii():
            return offset + 1
        return len(text.encode()[:offset].decode("utf-8", "replace")) + 1

    def span(self, node: Any) -> s.Span:
        if self.lines is None:
            return s.Span(node.lineno, node.col_offset + 1, node.end_lineno, node.end_col_offset + 1)
        return s.Span(
            node.lineno,
            self.column(node.lineno, node.col_offset),
            node.end_lineno,
            self.column(node.end_lineno, node.end_col_offset),
        )

    def header(self, node: Any, parts: list[Any]) -> s.Span:
        """A compound statement as far as its last header expression; decorators come first."""
        first = node.decorator_list[0] if getattr(node, "decorator_list", None) else node
        start = self.span(first)
        column = self.span(node).column if first is not node else start.column
        ends = [(self.span(part).end_line, self.span(part).end_column) for part in parts if part is not None]
        end = max(ends, default=(node.lineno, column + 1))
        return s.Span(start.line, column, max(end[0], node.lineno), end[1])

    def open_frame(self, kind: s.FrameKind, span: s.Span, **extra: Any) -> int:
        """Enter a frame; returns the one to go back to."""
        before = self.frame
        self.frames.append(s.Frame(kind, before, self.scope, span, self.tick(), **extra))
        self.frame = len(self.frames) - 1
        return before

    # Statements

    def block(self, body: list[ast.stmt]) -> None:
        for node in body:
            handler = STATEMENTS.get(type(node))
            before = self.statement
            if handler is None:
                self.plain_statement(node)
            else:
                handler(self, node)
            self.statement = before

    def begin(self, span: s.Span) -> None:
        self.statements.append(span)
        self.statement = len(self.statements) - 1

    def plain_statement(self, node: ast.stmt) -> None:
        self.begin(self.span(node))
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.expr(child, "other")

    def expression_statement(self, node: ast.Expr) -> None:
        if type(node.value) is ast.Constant:
            return
        self.begin(self.span(node))
        self.expr(node.value, "discarded")

    def assign(self, node: ast.Assign) -> None:
        self.begin(self.span(node))
        value = self.expr(node.value, "assigned")
        for target in node.targets:
            self.bind("assign", target, value)

    def annotated(self, node: ast.AnnAssign) -> None:
        self.begin(self.span(node))
        value = self.expr(node.value, "assigned") if node.value else None
        self.bind("annotated", node.target, value, annotation=self.annotation(node.annotation))

    def augmented(self, node: ast.AugAssign) -> None:
        self.begin(self.span(node))
        self.bind("augmented", node.target, self.expr(node.value, "assigned"))

    def delete(self, node: ast.Delete) -> None:
        self.begin(self.span(node))
        for target in node.targets:
            self.bind("delete", target, None)

    def return_(self, node: ast.Return) -> None:
        self.begin(self.span(node))
        value = self.expr(node.value, "returned") if node.value else None
        self.returns.append(s.Return("return", value, self.scope, self.frame, self.span(node), self.tick()))

    def raise_(self, node: ast.Raise) -> None:
        self.begin(self.span(node))
        value = self.expr(node.exc, "raised") if node.exc else None
        if node.cause:
            self.expr(node.cause, "other")
        self.returns.append(s.Return("raise", value, self.scope, self.frame, self.span(node), self.tick()))

    def import_(self, node: ast.Import) -> None:
        for name in node.names:
            self.imports.append(s.Import(name.name, 0, None, name.asname or "", self.scope, self.frame, self.tick()))

    def import_from(self, node: ast.ImportFrom) -> None:
        for name in node.names:
            alias = name.asname or name.name
            self.imports.append(
                s.Import(node.module or "", node.level, name.name, alias, self.scope, self.frame, self.tick())
            )

    def global_(self, node: ast.Global | ast.Nonlocal) -> None:
        self.globals.setdefault(self.scope, []).extend(node.names)

    def if_(self, node: ast.If) -> None:
        span = self.header(node, [node.test])
        self.begin(span)
        test = self.expr(node.test, "test")
        before = self.open_frame("if", span, expr=test)
        self.block(node.body)
        self.frame = before
        if node.orelse:
            before = self.open_frame("if", span, expr=test, branch=1)
            self.block(node.orelse)
            self.frame = before

    def for_(self, node: ast.For | ast.AsyncFor) -> None:
        span = self.header(node, [node.iter])
        self.begin(span)
        value = self.expr(node.iter, "iterated")
        before = self.open_frame("loop", span, expr=value)
        self.bind("loop", node.target, value)
        self.block(node.body)
        self.frame = before
        self.else_(node.orelse, span)

    def while_(self, node: ast.While) -> None:
        span = self.header(node, [node.test])
        self.begin(span)
        before = self.open_frame("loop", span)
        self.expr(node.test, "test")
        self.block(node.body)
        self.frame = before
        self.else_(node.orelse, span)

    def else_(self, body: list[ast.stmt], span: s.Span) -> None:
        if body:
            before = self.open_frame("else", span)
            self.block(body)
            self.frame = before

    def with_(self, node: ast.With | ast.AsyncWith) -> None:
        span = self.header(node, [part for item in node.items for part in (item.context_expr, item.optional_vars)])
        self.begin(span)
        outer = self.frame
        for item in node.items:
            value = self.expr(item.context_expr, "with")
            self.open_frame("with", self.span(item.context_expr), expr=value)
            if item.optional_vars is not None:
                self.bind("with", item.optional_vars, value)
        self.block(node.body)
        self.frame = outer

    def try_(self, node: Any) -> None:
        span = s.Span(node.lineno, self.span(node).column, node.lineno, self.span(node).column + 3)
        before = self.open_frame("try", span)
        self.block(node.body)
        self.frame = before
        for handler in node.handlers:
            header = self.header(handler, [handler.type])
            self.begin(header)
            types = self.expr(handler.type, "other") if handler.type else None
            self.open_frame("except", header, expr=types)
            if handler.name:
                self.binding("except", handler.name, None, types, (), None, header)
            self.block(handler.body)
            self.frame = before
        self.else_(node.orelse, span)
        if node.finalbody:
            self.open_frame("finally", span)
            self.block(node.finalbody)
            self.frame = before

    def match_(self, node: ast.Match) -> None:
        span = self.header(node, [node.subject])
        self.begin(span)
        self.expr(node.subject, "test")
        for number, case in enumerate(node.cases):
            before = self.open_frame("match", span, branch=number)
            for pattern in ast.walk(case.pattern):
                name = getattr(pattern, "name", None) or getattr(pattern, "rest", None)
                if isinstance(name, str):
                    self.binding("match", name, None, None, (), None, self.span(pattern))
            if case.guard:
                self.expr(case.guard, "test")
            self.block(case.body)
            self.frame = before

    # Scopes

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        arguments = node.args
        defaults = [*arguments.defaults, *(d for d in arguments.kw_defaults if d)]
        whole = self.span(node)
        annotations = [a.annotation for a in ast.walk(arguments) if isinstance(a, ast.arg) and a.annotation]
        named = [a for a in ast.walk(arguments) if isinstance(a, ast.arg)]
        header = self.header(node, [*node.decorator_list, *named, *defaults, *annotations, node.returns])
        self.begin(header)
        decorators = tuple(self.expr(d, "decorator") for d in node.decorator_list)
        spans = tuple(self.span(d) for d in node.decorator_list)
        parameters = self.parameters(arguments)
        returns = self.annotation(node.returns) if node.returns else None
        prefix = 10 if isinstance(node, ast.AsyncFunctionDef) else 4
        name_column = whole.column + prefix
        span = s.Span(whole.line, whole.column, whole.line, name_column + len(node.name))
        self.nested(
            node.body,
            kind="function",
            name=node.name,
            span=span,
            whole=whole,
            parameters=parameters,
            decorators=decorators,
            decorator_spans=spans,
            returns=returns,
            is_async=isinstance(node, ast.AsyncFunctionDef),
        )

    def class_(self, node: ast.ClassDef) -> None:
        whole = self.span(node)
        parts = [*node.decorator_list, *node.bases, *(k.value for k in node.keywords)]
        self.begin(self.header(node, parts))
        decorators = tuple(self.expr(d, "decorator") for d in node.decorator_list)
        spans = tuple(self.span(d) for d in node.decorator_list)
        bases = tuple(self.expr(base, "base") for base in node.bases)
        keywords = self.keywords(node.keywords)
        span = s.Span(whole.line, whole.column, whole.line, whole.column + 6 + len(node.name))
        self.nested(
            node.body,
            kind="class",
            name=node.name,
            span=span,
            whole=whole,
            decorators=decorators,
            decorator_spans=spans,
            bases=bases,
            keywords=keywords,
        )

    def nested(self, body: list[ast.stmt], **record: Any) -> None:
        scope, frame, statement = self.scope, self.frame, self.statement
        index = len(self.scopes)
        self.scopes.append(None)
        order = self.tick()
        self.scope = index
        self.open_frame("scope", record["span"])
        own = self.frame
        self.block(body)
        self.scopes[index] = s.Scope(
            parent=scope,
            outer=frame,
            frame=own,
            statement=statement,
            order=order,
            is_generator=index in self.generators,
            globals=tuple(self.globals.get(index, ())),
            **record,
        )
        self.scope, self.frame, self.statement = scope, frame, statement

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
            except SyntaxError:
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
            for number, item in enumerate(target.elts):
                self.bind(kind, item, value, (*path, number))
        elif isinstance(target, ast.Starred):
            self.bind(kind, target.value, None, ())
        elif isinstance(target, ast.Attribute):
            base = self.expr(target.value, "receiver")
            self.binding(kind, written(target), base, value, path, annotation, self.span(target))
        elif isinstance(target, ast.Subscript):
            base = self.expr(target.value, "receiver")
            self.expr(target.slice, "other")
            self.binding(kind, written(target), base, value, path, annotation, self.span(target))

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

    # Expressions

    def expr(self, node: ast.expr, use: str) -> s.Expr:
        handler = EXPRESSIONS.get(type(node))
        if handler is not None:
            found: s.Expr = handler(self, node, use)
            return found
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.expr(child, "other")
        return s.Other(type(node).__name__)

    def name(self, node: ast.Name, _use: str) -> s.Expr:
        return s.Name(node.id)

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
            return s.Constant(kind, value[:LONGEST_STRING].encode("utf-8", "replace").decode())
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
        for part in reversed(chain):
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


def decoded_lines(source: bytes) -> list[str]:
    """The lines as `ast` counts them: decoded by cookie or BOM, with \\r\\n and \\r as newlines."""
    encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
    text = source.decode(encoding, "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


COMPREHENSIONS: dict[type[ast.AST], str] = {
    ast.ListComp: "list",
    ast.SetComp: "set",
    ast.DictComp: "dict",
    ast.GeneratorExp: "generator",
}

STATEMENTS: dict[type[ast.AST], Any] = {
    ast.Expr: Extractor.expression_statement,
    ast.Assign: Extractor.assign,
    ast.AnnAssign: Extractor.annotated,
    ast.AugAssign: Extractor.augmented,
    ast.Delete: Extractor.delete,
    ast.Return: Extractor.return_,
    ast.Raise: Extractor.raise_,
    ast.Import: Extractor.import_,
    ast.ImportFrom: Extractor.import_from,
    ast.Global: Extractor.global_,
    ast.Nonlocal: Extractor.global_,
    ast.If: Extractor.if_,
    ast.For: Extractor.for_,
    ast.AsyncFor: Extractor.for_,
    ast.While: Extractor.while_,
    ast.With: Extractor.with_,
    ast.AsyncWith: Extractor.with_,
    ast.Try: Extractor.try_,
    ast.TryStar: Extractor.try_,
    ast.Match: Extractor.match_,
    ast.FunctionDef: Extractor.function,
    ast.AsyncFunctionDef: Extractor.function,
    ast.ClassDef: Extractor.class_,
}

EXPRESSIONS: dict[type[ast.AST], Any] = {
    ast.Name: Extractor.name,
    ast.Attribute: Extractor.attribute,
    ast.Call: Extractor.call,
    ast.Constant: Extractor.constant,
    ast.Tuple: Extractor.display,
    ast.List: Extractor.display,
    ast.Set: Extractor.display,
    ast.Dict: Extractor.mapping,
    ast.ListComp: Extractor.comprehension,
    ast.SetComp: Extractor.comprehension,
    ast.DictComp: Extractor.comprehension,
    ast.GeneratorExp: Extractor.comprehension,
    ast.IfExp: Extractor.conditional,
    ast.BoolOp: Extractor.boolean,
    ast.BinOp: Extractor.binary,
    ast.Compare: Extractor.comparison,
    ast.UnaryOp: Extractor.unary,
    ast.Await: Extractor.await_,
    ast.Starred: Extractor.starred,
    ast.Subscript: Extractor.subscript,
    ast.JoinedStr: Extractor.joined,
    ast.FormattedValue: Extractor.formatted,
    ast.NamedExpr: Extractor.walrus,
    ast.Yield: Extractor.yield_,
    ast.YieldFrom: Extractor.yield_,
    ast.Lambda: Extractor.lambda_,
}
