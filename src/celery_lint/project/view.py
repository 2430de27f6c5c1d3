"""One file's facts with the indexes that linking asks for."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from msgspec import Struct

from celery_lint.facts.schema import (
    Attribute,
    Binding,
    Call,
    CallRef,
    Expr,
    FileFacts,
    Frame,
    Import,
    Name,
    Parameter,
    Return,
    Scope,
    Span,
)

__all__ = ["Definition", "FileView", "last_name", "within"]


class Definition(Struct, frozen=True):
    """Something that gives a name its value; exactly one of the last four is set, or it is a parameter."""

    order: int
    frame: int
    parameter: int = -1
    binding: Binding | None = None
    imported: Import | None = None
    scope: int = -1


class FileView:
    """Indexes are made when first asked for."""

    def __init__(self, path: str, facts: FileFacts) -> None:
        self.path = path
        self.facts = facts

    @cached_property
    def definitions(self) -> dict[tuple[int, str], list[Definition]]:
        """(scope, name) → what defines it, in order."""
        found: dict[tuple[int, str], list[Definition]] = {}
        facts = self.facts
        for number, scope in enumerate(facts.scopes):
            for position, parameter in enumerate(scope.parameters):
                found.setdefault((number, parameter.name), []).append(
                    Definition(scope.order, scope.frame, parameter=position)
                )
            if scope.name:
                home = self.home(scope.parent, scope.name)
                found.setdefault((home, scope.name), []).append(Definition(scope.order, scope.outer, scope=number))
        for binding in facts.bindings:
            if binding.base is None and binding.kind != "delete":
                home = self.home(binding.scope, binding.target)
                found.setdefault((home, binding.target), []).append(
                    Definition(binding.order, binding.frame, binding=binding)
                )
        for item in facts.imports:
            name = item.alias or item.module.partition(".")[0]
            found.setdefault((self.home(item.scope, name), name), []).append(
                Definition(item.order, item.frame, imported=item)
            )
        for entries in found.values():
            entries.sort(key=lambda entry: entry.order)
        return found

    def home(self, scope: int, name: str) -> int:
        """The scope a name bound here belongs to: `global` and `nonlocal` move it out."""
        record = self.facts.scopes[scope]
        if name in record.globals:
            return 0
        if name not in record.nonlocals:
            return scope
        outer = record.parent
        while outer > 0 and self.facts.scopes[outer].kind == "class":
            outer = self.facts.scopes[outer].parent
        return max(outer, 0)

    @cached_property
    def paths(self) -> dict[str, list[Binding]]:
        """Dotted or subscripted target as written → its bindings."""
        found: dict[str, list[Binding]] = {}
        for binding in self.facts.bindings:
            if binding.base is not None:
                found.setdefault(binding.target, []).append(binding)
        return found

    @cached_property
    def attribute_bindings(self) -> dict[str, list[Binding]]:
        """Last attribute name → bindings that set it on something (`x.status = …`)."""
        found: dict[str, list[Binding]] = {}
        for binding in self.facts.bindings:
            if binding.base is not None and not binding.target.endswith("]"):
                found.setdefault(binding.target.rpartition(".")[2], []).append(binding)
        return found

    @cached_property
    def calls_by_name(self) -> dict[str, list[int]]:
        """Last identifier of what is called → calls."""
        found: dict[str, list[int]] = {}
        for number, call in enumerate(self.facts.calls):
            name = last_name(call.func)
            if name:
                found.setdefault(name, []).append(number)
        return found

    @cached_property
    def calls_by_scope(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for number, call in enumerate(self.facts.calls):
            found.setdefault(call.scope, []).append(number)
        return found

    @cached_property
    def arguments_by_name(self) -> dict[str, list[tuple[int, int | str]]]:
        """Last identifier of a name or attribute → (call, argument) where it is handed on."""
        found: dict[str, list[tuple[int, int | str]]] = {}
        for number, call in enumerate(self.facts.calls):
            for position, arg in enumerate(call.args):
                name = last_name(arg)
                if name:
                    found.setdefault(name, []).append((number, position))
            for keyword in call.keywords:
                name = last_name(keyword.value)
                if name and keyword.name:
                    found.setdefault(name, []).append((number, keyword.name))
        return found

    @cached_property
    def call_index(self) -> dict[Span, int]:
        return {call.span: number for number, call in enumerate(self.facts.calls)}

    @cached_property
    def reads_by_name(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for number, read in enumerate(self.facts.reads):
            found.setdefault(read.name, []).append(number)
        return found

    @cached_property
    def returns_by_scope(self) -> dict[int, list[Return]]:
        found: dict[int, list[Return]] = {}
        for item in self.facts.returns:
            found.setdefault(item.scope, []).append(item)
        return found

    @cached_property
    def exits(self) -> dict[int, int]:
        """Frame → order of the first return or raise that stands directly in it."""
        found: dict[int, int] = {}
        for item in self.facts.returns:
            if item.kind in ("return", "raise"):
                found.setdefault(item.frame, item.order)
        return found

    @cached_property
    def children(self) -> dict[int, list[int]]:
        """Scope → scopes defined directly in it."""
        found: dict[int, list[int]] = {}
        for number, scope in enumerate(self.facts.scopes):
            found.setdefault(scope.parent, []).append(number)
        return found

    @cached_property
    def names_imported(self) -> dict[str, list[str]]:
        """Imported name → the names it is known by here."""
        found: dict[str, list[str]] = {}
        for item in self.facts.imports:
            if item.name:
                found.setdefault(item.name, []).append(item.alias)
        return found

    @cached_property
    def names_behind(self) -> dict[str, list[str]]:
        """Name → the imported names that it is another name for here."""
        found: dict[str, list[str]] = {}
        for item in self.facts.imports:
            if item.name and item.name != item.alias:
                found.setdefault(item.alias, []).append(item.name)
        return found

    @cached_property
    def star_imports(self) -> list[Import]:
        return [item for item in self.facts.imports if item.name == "*"]

    # Walking

    def frames_up(self, frame: int) -> Iterator[tuple[int, Frame]]:
        """A frame and those around it, to the module."""
        while frame >= 0:
            record = self.facts.frames[frame]
            yield frame, record
            frame = record.parent

    def scope_frames(self, frame: int) -> Iterator[tuple[int, Frame]]:
        """A frame and those around it, up to and with the scope's own."""
        for number, record in self.frames_up(frame):
            yield number, record
            if record.kind == "scope":
                return

    def function_of(self, scope: int) -> int:
        """The function or lambda a scope is, or is inside of; 0 for the module."""
        while scope > 0 and self.facts.scopes[scope].kind == "class":
            scope = self.facts.scopes[scope].parent
        return scope

    def class_of(self, scope: int) -> int:
        """The class whose method the function scope is; -1 when it is none."""
        parent = self.facts.scopes[scope].parent
        return parent if parent > 0 and self.facts.scopes[parent].kind == "class" else -1

    def qualified(self, scope: int) -> str:
        names = []
        while scope > 0:
            names.append(self.facts.scopes[scope].name or "<lambda>")
            scope = self.facts.scopes[scope].parent
        return ".".join(reversed(names))

    def statement(self, number: int) -> Span:
        return self.facts.statements[number] if number >= 0 else Span(1, 1, 1, 1)

    def call(self, expr: Expr | None) -> Call | None:
        """The call an expression is, if it is one."""
        return self.facts.calls[expr.index] if isinstance(expr, CallRef) else None

    def argument(self, call: Call, position: int, name: str) -> Expr | None:
        """The argument given at the position (if that is not negative) or by the name."""
        if (
            position >= 0
            and len(call.args) > position
            and not any(type(a).__name__ == "Spread" for a in call.args[: position + 1])
        ):
            return call.args[position]
        return next((keyword.value for keyword in call.keywords if keyword.name == name), None)

    def argument_for(self, call: Call, parameters: tuple[Parameter, ...], name: str, shift: int) -> Expr | None:
        """What a call gives for a parameter of the function it runs; the first `shift` of them are already filled."""
        position = position_of(parameters, name)
        if 0 <= position < shift:
            return None
        return self.argument(call, position - shift if position >= 0 else -1, name)


def position_of(parameters: tuple[Parameter, ...], name: str) -> int:
    """Where a positional argument for the parameter stands; -1 when only its name will do."""
    for number, parameter in enumerate(parameters):
        if parameter.name == name:
            return number if parameter.kind in ("positional", "positional-only") else -1
    return -1


def last_name(expr: Expr) -> str:
    if isinstance(expr, Name):
        return expr.id
    if isinstance(expr, Attribute):
        return expr.name
    return ""


def within(scopes: tuple[Scope, ...], scope: int, outer: int) -> bool:
    """Whether a scope is another, or is defined somewhere inside it."""
    while scope > 0:
        if scope == outer:
            return True
        scope = scopes[scope].parent
    return False
