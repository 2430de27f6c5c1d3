"""Bytes of a Python file → `FileFacts`. Pure: the same bytes give the same facts wherever the file lies."""

from __future__ import annotations

import ast
import re
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from celery_lint.facts import schema as s
from celery_lint.facts.expressions import Expressions

__all__ = ["deep_recursion", "extract"]

RUNNING = f"{sys.version_info[0]}.{sys.version_info[1]}"
PYTHON_2 = re.compile(
    r"^\s*(print|exec)\s+[^\s(=]|^\s*raise\s+\w+\s*,|^\s*except\s+\w+\s*,\s*[a-z]\w*\s*:|<>|\bur['\"]",
)
NEWER = (
    ((3, 12), re.compile(r"^\s*type\s+\w+\s*[\[=]|^\s*(async\s+)?(def|class)\s+\w+\[|\bf['\"]")),
    ((3, 14), re.compile(r"^\s*except\s+\w+(\s*,\s*[\w.]+)+\s*:|\bt['\"]")),
)
DEEPEST = 20_000
"""How deep our own recursion may go; `ast.parse` itself gives up earlier on most nested input."""


def extract(source: bytes) -> s.FileFacts:
    """The facts of a file; a file that does not parse has only a `failure`."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
            with deep_recursion():
                return Extractor(source).run(tree)
    except SyntaxError as error:
        return failed(error.lineno or 1, error.offset or 1, f"{error.msg} ({reader(error.text or '')})")
    except (RecursionError, MemoryError):
        return failed(1, 1, "nested too deeply")
    except (ValueError, LookupError) as error:
        return failed(1, 1, str(error))


@contextmanager
def deep_recursion() -> Iterator[None]:
    """What a file nests is followed as deep as it goes; Python's own frames take no stack of C for that."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, DEEPEST))
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)


def reader(line: str) -> str:
    """Which Python would read a line that this one does not, as far as the line tells."""
    if PYTHON_2.search(line):
        return "it reads like Python 2"
    for version, pattern in NEWER:
        if sys.version_info < version and pattern.search(line):
            return f"Python {version[0]}.{version[1]} or newer reads it, this is {RUNNING}"
    return f"read as Python {RUNNING}"


def failed(line: int, column: int, message: str) -> s.FileFacts:
    return s.FileFacts(failure=s.ParseFailure(max(line, 1), max(column, 1), message))


NOWHERE = s.Span(1, 1, 1, 1)


class Extractor(Expressions):
    """One walk over the tree: statements and scopes."""

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
            breaks=tuple(self.breaks),
        )

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

    def break_(self, node: ast.Break) -> None:
        self.begin(self.span(node))
        self.breaks.append(s.Break(self.frame, self.tick()))

    def import_(self, node: ast.Import) -> None:
        self.begin(self.span(node))
        for name in node.names:
            self.imported(name, name.name, 0, None, name.asname or "")

    def import_from(self, node: ast.ImportFrom) -> None:
        self.begin(self.span(node))
        for name in node.names:
            self.imported(name, node.module or "", node.level, name.name, name.asname or name.name)

    def imported(self, node: ast.alias, module: str, level: int, name: str | None, alias: str) -> None:
        start = self.span(node)
        span = s.Span(start.line, start.column, start.line, start.column + len(node.name))
        self.imports.append(
            s.Import(module, level, name, alias, self.scope, self.frame, self.statement, span, self.tick())
        )

    def global_(self, node: ast.Global | ast.Nonlocal) -> None:
        names = self.globals if isinstance(node, ast.Global) else self.nonlocals
        names.setdefault(self.scope, []).extend(node.names)

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
        loop = self.frame
        self.bind("loop", node.target, value)
        self.block(node.body)
        self.frame = before
        self.else_(node.orelse, span, loop)

    def while_(self, node: ast.While) -> None:
        span = self.header(node, [node.test])
        self.begin(span)
        before = self.open_frame("loop", span)
        loop = self.frame
        self.expr(node.test, "test")
        self.block(node.body)
        self.frame = before
        self.else_(node.orelse, span, loop)

    def else_(self, body: list[ast.stmt], span: s.Span, of: int) -> None:
        if body:
            before = self.open_frame("else", span, of=of)
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
        own = self.frame
        self.block(node.body)
        self.frame = before
        for handler in node.handlers:
            header = self.header(handler, [handler.type])
            self.begin(header)
            types = self.expr(handler.type, "other") if handler.type else None
            self.open_frame("except", header, expr=types, of=own)
            if handler.name:
                self.binding("except", handler.name, None, types, (), None, header)
            self.block(handler.body)
            self.frame = before
        self.else_(node.orelse, span, own)
        if node.finalbody:
            self.open_frame("finally", span, of=own)
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
        named = [*arguments.posonlyargs, *arguments.args, arguments.vararg, *arguments.kwonlyargs, arguments.kwarg]
        prefix = 10 if isinstance(node, ast.AsyncFunctionDef) else 4
        span = s.Span(whole.line, whole.column, whole.line, whole.column + prefix + len(node.name))
        parts = [*node.decorator_list, *named, *defaults, node.returns]
        self.begin(self.header(node, parts, (span.end_line, span.end_column)))
        decorators = tuple(self.expr(d, "decorator") for d in node.decorator_list)
        spans = tuple(self.span(d) for d in node.decorator_list)
        parameters = self.parameters(arguments)
        returns = self.annotation(node.returns) if node.returns else None
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
        span = s.Span(whole.line, whole.column, whole.line, whole.column + 6 + len(node.name))
        self.begin(self.header(node, parts, (span.end_line, span.end_column)))
        decorators = tuple(self.expr(d, "decorator") for d in node.decorator_list)
        spans = tuple(self.span(d) for d in node.decorator_list)
        bases = tuple(self.expr(base, "base") for base in node.bases)
        keywords = self.keywords(node.keywords)
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
            nonlocals=tuple(self.nonlocals.get(index, ())),
            **record,
        )
        self.scope, self.frame, self.statement = scope, frame, statement


STATEMENTS: dict[type[ast.AST], Any] = {
    ast.Expr: Extractor.expression_statement,
    ast.Assign: Extractor.assign,
    ast.AnnAssign: Extractor.annotated,
    ast.AugAssign: Extractor.augmented,
    ast.Delete: Extractor.delete,
    ast.Return: Extractor.return_,
    ast.Raise: Extractor.raise_,
    ast.Break: Extractor.break_,
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
