"""The records that a file is turned into: expressions, frames, scopes, calls, bindings, returns.

All records are frozen and serialisable. Records refer to each other by index into the tuples of `FileFacts`.
Lines and columns are 1-based, columns count code points, ends are exclusive. `order` numbers evaluation
within a file: of two events in straight-line code the one with the lower number happens first.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

__all__ = [
    "SCHEMA",
    "Attribute",
    "Await",
    "Binding",
    "Break",
    "Call",
    "CallRef",
    "Choice",
    "Comparison",
    "Comprehension",
    "Constant",
    "Display",
    "Expr",
    "FileFacts",
    "Frame",
    "Import",
    "Item",
    "Joined",
    "Keyword",
    "LambdaRef",
    "Mapping",
    "Name",
    "Negation",
    "Operation",
    "Other",
    "Parameter",
    "ParseFailure",
    "Read",
    "Return",
    "Scope",
    "Span",
    "Spread",
]

SCHEMA = 3
"""Raised with every change of these records or of what `extract` writes into them."""


class Span(Struct, frozen=True, array_like=True, gc=False):
    line: int
    column: int
    end_line: int
    end_column: int


class Name(Struct, frozen=True, array_like=True, tag="n", gc=False):
    id: str


class Attribute(Struct, frozen=True, array_like=True, tag="a"):
    base: Expr
    name: str


class CallRef(Struct, frozen=True, array_like=True, tag="c", gc=False):
    """The value of `FileFacts.calls[index]`."""

    index: int


class Constant(Struct, frozen=True, array_like=True, tag="k", gc=False):
    """A literal; `kind` is the name of its type. Values JSON cannot hold are None with their kind."""

    kind: str
    value: str | int | float | bool | None


class Display(Struct, frozen=True, array_like=True, tag="s"):
    """A tuple, list or set display."""

    kind: Literal["tuple", "list", "set"]
    items: tuple[Expr, ...]


class Mapping(Struct, frozen=True, array_like=True, tag="m"):
    """A dict display; a key of None spreads its value."""

    keys: tuple[Expr | None, ...]
    values: tuple[Expr, ...]
    spans: tuple[Span, ...]
    """Where each key stands (or the spread value)."""


class LambdaRef(Struct, frozen=True, array_like=True, tag="l", gc=False):
    """A lambda; its parameters and body are those of `FileFacts.scopes[scope]`."""

    scope: int


class Comprehension(Struct, frozen=True, array_like=True, tag="g"):
    kind: Literal["list", "set", "dict", "generator"]
    element: Expr
    frame: int


class Choice(Struct, frozen=True, array_like=True, tag="o"):
    """One of several values: `a if x else b`, `a or b`, `a and b`."""

    kind: Literal["if", "or", "and"]
    options: tuple[Expr, ...]


class Operation(Struct, frozen=True, array_like=True, tag="b"):
    operator: str
    left: Expr
    right: Expr


class Comparison(Struct, frozen=True, array_like=True, tag="q"):
    """`a < b`, `a in b`, `a is not b`; `operators` are names of `ast` classes."""

    operators: tuple[str, ...]
    operands: tuple[Expr, ...]


class Negation(Struct, frozen=True, array_like=True, tag="!"):
    value: Expr


class Await(Struct, frozen=True, array_like=True, tag="w"):
    value: Expr


class Spread(Struct, frozen=True, array_like=True, tag="x"):
    value: Expr


class Item(Struct, frozen=True, array_like=True, tag="i"):
    """`base[index]`."""

    base: Expr
    index: Expr


class Joined(Struct, frozen=True, array_like=True, tag="f"):
    """An f-string."""

    parts: tuple[Expr, ...]


class Other(Struct, frozen=True, array_like=True, tag="_", gc=False):
    """An expression whose value no rule asks for (a slice, `-x`, …); `kind` names its node."""

    kind: str


Expr: TypeAlias = (
    Name
    | Attribute
    | CallRef
    | Constant
    | Display
    | Mapping
    | LambdaRef
    | Comprehension
    | Choice
    | Operation
    | Comparison
    | Negation
    | Await
    | Spread
    | Item
    | Joined
    | Other
)


class Keyword(Struct, frozen=True, array_like=True):
    """A keyword argument; a name of None spreads its value."""

    name: str | None
    value: Expr
    span: Span


FrameKind: TypeAlias = Literal[
    "scope", "with", "loop", "else", "if", "try", "except", "finally", "comprehension", "argument", "match"
]


class Frame(Struct, frozen=True, array_like=True):
    """A lexical block. Frame 0 is the module; the parent of a scope's own frame is where the scope is defined.

    `expr` is the context manager of a with, the iterable of a loop, the test of an if, the types of an except.
    `branch` is 0 for an if's body and 1 for its else. `call` and `argument` name the call whose argument is
    being evaluated: an index from 0 for positional ones, a keyword's name, "*" or "**". `of` is the try (or loop)
    that an except, else or finally belongs to.
    """

    kind: FrameKind
    parent: int
    scope: int
    span: Span
    order: int
    expr: Expr | None = None
    branch: int = 0
    call: int = -1
    argument: int | str = -1
    of: int = -1


class Parameter(Struct, frozen=True, array_like=True):
    name: str
    kind: Literal["positional-only", "positional", "variadic", "keyword-only", "keywords"]
    annotation: Expr | None
    default: Expr | None


class Scope(Struct, frozen=True, array_like=True):
    """A module, class, function or lambda. `span` is its `def` line up to the name; `whole` all of it."""

    kind: Literal["module", "class", "function", "lambda"]
    name: str
    parent: int
    outer: int
    """The frame it is defined in."""
    frame: int
    """Its own frame."""
    span: Span
    whole: Span
    statement: int
    order: int
    parameters: tuple[Parameter, ...] = ()
    decorators: tuple[Expr, ...] = ()
    decorator_spans: tuple[Span, ...] = ()
    bases: tuple[Expr, ...] = ()
    keywords: tuple[Keyword, ...] = ()
    returns: Expr | None = None
    body: Expr | None = None
    """What a lambda returns."""
    is_async: bool = False
    is_generator: bool = False
    globals: tuple[str, ...] = ()
    nonlocals: tuple[str, ...] = ()


class Call(Struct, frozen=True, array_like=True):
    """`use` says where the value goes: "discarded", "assigned", "returned", "awaited", "receiver" (an attribute
    of it is taken), "argument", "with", "decorator" or "other"."""

    func: Expr
    args: tuple[Expr, ...]
    keywords: tuple[Keyword, ...]
    span: Span
    scope: int
    frame: int
    statement: int
    order: int
    use: str


class Binding(Struct, frozen=True, array_like=True):
    """A name given a value: `target` is the name or a dotted or subscripted path as written
    (`self.order`, `DATABASES['default']['ATOMIC_REQUESTS']`).

    `path` unpacks the value: (0,) is its first item. For a "loop" or "comprehension" the value is what is
    iterated over, for "with" the context manager, for "augmented" the right-hand side.
    """

    kind: Literal["assign", "augmented", "annotated", "loop", "with", "except", "walrus", "delete", "match"]
    target: str
    base: Expr | None
    """What the attribute or item is set on; None for a plain name."""
    value: Expr | None
    path: tuple[int, ...]
    annotation: Expr | None
    scope: int
    frame: int
    statement: int
    span: Span
    order: int


class Import(Struct, frozen=True, array_like=True):
    """`from module import name as alias` (level counts the dots), or `import module as alias` with no name.

    `span` is the name, or the module where there is none.
    """

    module: str
    level: int
    name: str | None
    alias: str
    scope: int
    frame: int
    statement: int
    span: Span
    order: int


class Return(Struct, frozen=True, array_like=True):
    """A return, or a yield."""

    kind: Literal["return", "yield", "yield from", "raise"]
    value: Expr | None
    scope: int
    frame: int
    span: Span
    order: int


class Break(Struct, frozen=True, array_like=True, gc=False):
    frame: int
    order: int


class Read(Struct, frozen=True, array_like=True):
    """An attribute taken but not called."""

    base: Expr
    name: str
    span: Span
    scope: int
    frame: int
    statement: int
    order: int


class ParseFailure(Struct, frozen=True, array_like=True):
    line: int
    column: int
    message: str


class FileFacts(Struct, frozen=True, array_like=True):
    scopes: tuple[Scope, ...] = ()
    frames: tuple[Frame, ...] = ()
    calls: tuple[Call, ...] = ()
    bindings: tuple[Binding, ...] = ()
    imports: tuple[Import, ...] = ()
    returns: tuple[Return, ...] = ()
    reads: tuple[Read, ...] = ()
    statements: tuple[Span, ...] = ()
    failure: ParseFailure | None = None
    breaks: tuple[Break, ...] = ()
