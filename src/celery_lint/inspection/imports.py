"""Where a new import goes, in the style of the file."""

from __future__ import annotations

import ast
import sys
from itertools import pairwise
from typing import TYPE_CHECKING

from msgspec import Struct

from celery_lint.inspection.scan import scan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from celery_lint.finding import AddImport, Location
    from celery_lint.inspection.source import Position, SourceText, Span

__all__ = ["ClashError", "draft_imports", "imported_around", "shadows"]

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


class ClashError(Exception):
    """The import cannot be added safely; says why."""


class _Binding(Struct, frozen=True):
    """A name that the file binds, and the import that binds it: the module, and the name in it."""

    name: str
    module: str | None = None
    member: str | None = None


def draft_imports(source: SourceText, wanted: Sequence[AddImport]) -> list[tuple[Span, str]]:
    """The regions and texts that add what is wanted and not there yet; raises ClashError."""
    tree = source.tree
    if tree is None or not source.is_python:
        raise ClashError("the file that needs an import does not parse")
    bindings = list(_module_bindings(tree.body))
    missing: list[AddImport] = []
    for each in dict.fromkeys(wanted):
        if _binding(each) in bindings:
            continue
        name = _binding(each).name
        if any(binding.name == name and not _same_root(binding, each) for binding in bindings):
            raise ClashError(f"`{name}` is another name in {source.path}")
        missing.append(each)
    edits: list[tuple[Span, str]] = []
    lines: dict[Span, list[str]] = {}
    extended: dict[ast.ImportFrom, list[str]] = {}
    for each in sorted(missing, key=_order):
        statement = _existing(tree, each)
        if statement is not None and each.name is not None:
            extended.setdefault(statement, []).append(each.name)
        else:
            span, text = _new_line(source, tree, each)
            lines.setdefault(span, []).append(text)
    for statement, names in extended.items():
        edits += _extend(source, statement, names)
    edits += ((span, _join(texts)) for span, texts in lines.items())
    return edits


def _join(texts: list[str]) -> str:
    """New lines for one place: the blank lines that each brings are kept once."""
    before = "\n" if any(text.startswith("\n") for text in texts) else ""
    ends = "\n" if any(text.endswith("\n") for text in texts) else ""
    sections = sorted(texts, key=lambda text: not _is_stdlib(text.strip("\n")))
    after = "\n" if sections[-1].endswith("\n\n") else ""
    ordered = [text.strip("\n") for text in sections]
    parts = [ordered[0]]
    for above, below in pairwise(ordered):
        parts.append(below if _is_stdlib(above) == _is_stdlib(below) else f"\n{below}")
    return before + "\n".join(parts) + ends + after


def _is_stdlib(line: str) -> bool:
    """Whether an import line is of the standard library."""
    return line.split()[1].partition(".")[0] in sys.stdlib_module_names


def shadows(source: SourceText, location: Location, names: frozenset[str], wanted: Sequence[AddImport]) -> str | None:
    """The one of `names` that a function around `location` binds to something that is not wanted."""
    if source.tree is None:
        return None
    meant = {_binding(each) for each in wanted}
    for function in _functions_around(source, source.tree, location):
        for binding in _bound_in(ast.walk(function)):
            if binding.name in names and binding not in meant:
                return binding.name
    return None


def imported_around(source: SourceText, location: Location, wanted: AddImport) -> bool:
    """Whether a function around `location` has made the import before it, unconditionally."""
    if source.tree is None:
        return False
    return any(
        _binding(wanted) in _imported(node)
        for function in _functions_around(source, source.tree, location)
        if isinstance(function, _DEFINITIONS)
        for node in function.body
        if isinstance(node, ast.Import | ast.ImportFrom) and node.lineno < location.line
    )


def _functions_around(source: SourceText, tree: ast.Module, location: Location) -> Iterator[ast.AST]:
    start, end = (location.line, location.column), (location.end_line, location.end_column)
    level: list[ast.AST] = list(tree.body)
    while level:
        inner: list[ast.AST] = []
        for node in level:
            if isinstance(node, ast.stmt | ast.expr):
                if not node.lineno <= location.line <= (node.end_lineno or node.lineno):
                    continue
                span = source.span(node)
                if not (span[:2] <= start and end <= span[2:]):
                    continue
            if isinstance(node, _FUNCTIONS):
                yield node
            inner += ast.iter_child_nodes(node)
        level = inner


def _bound_in(nodes: Iterable[ast.AST]) -> Iterator[_Binding]:
    for node in nodes:
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                yield _Binding(name)
            case ast.arg(arg=name) | ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
                yield _Binding(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield _Binding(name)
            case ast.Import() | ast.ImportFrom():
                yield from _imported(node)


def _imported(node: ast.Import | ast.ImportFrom) -> Iterator[_Binding]:
    for alias in node.names:
        if isinstance(node, ast.ImportFrom):
            yield _Binding(alias.asname or alias.name, _module(node), alias.name)
        elif alias.asname:
            yield _Binding(alias.asname, alias.name)
        else:
            root = alias.name.split(".")[0]
            yield _Binding(root, alias.name)
            yield _Binding(root, root)


def _module_bindings(body: Iterable[ast.AST]) -> Iterator[_Binding]:
    """What the module's statements bind at run time, outside functions and classes."""
    for node in body:
        yield from _bound_in([node])
        if isinstance(node, _DEFINITIONS):
            continue
        if isinstance(node, ast.If) and _is_type_checking(node.test):
            yield from _module_bindings(node.orelse)
            continue
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                if isinstance(getattr(child, "ctx", None), ast.Store):
                    yield from _bound_in(ast.walk(child))
            elif isinstance(child, ast.withitem) and child.optional_vars:
                yield from _bound_in(ast.walk(child.optional_vars))
            elif isinstance(child, ast.stmt | ast.ExceptHandler | ast.match_case):
                yield from _module_bindings([child])


def _is_type_checking(test: ast.expr) -> bool:
    name = test.id if isinstance(test, ast.Name) else test.attr if isinstance(test, ast.Attribute) else ""
    return name == "TYPE_CHECKING"


def _binding(wanted: AddImport) -> _Binding:
    if wanted.name is None:
        return _Binding(wanted.module.split(".")[0], wanted.module)
    return _Binding(wanted.name, wanted.module, wanted.name)


def _same_root(binding: _Binding, wanted: AddImport) -> bool:
    """`import a.b` and `import a.c` both bind `a`, and mean the same module by it."""
    return (
        wanted.name is None
        and binding.member is None
        and binding.module is not None
        and binding.name == binding.module.split(".")[0]
    )


def _module(node: ast.ImportFrom) -> str:
    return "." * node.level + (node.module or "")


def _existing(tree: ast.Module, wanted: AddImport) -> ast.ImportFrom | None:
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and _module(node) == wanted.module and node.names[0].name != "*":
            return node
    return None


def _extend(source: SourceText, statement: ast.ImportFrom, names: list[str]) -> list[tuple[Span, str]]:
    """Puts names into `from module import a, c`, at their places if it is sorted."""
    spans = [source.span(alias) for alias in statement.names]
    present = [alias.name for alias in statement.names]
    key = next((key for key in _SORTS if present == sorted(present, key=key)), None)
    places: dict[int, list[str]] = {}
    for name in sorted(names, key=key or _SORTS[0]):
        place = len(present)
        if key is not None:
            place = next((index for index, other in enumerate(present) if key(name) < key(other)), place)
        places.setdefault(place, []).append(name)
    return [_at_place(source, statement, spans, place, each) for place, each in places.items()]


def _at_place(
    source: SourceText, statement: ast.ImportFrom, spans: list[Span], place: int, names: list[str]
) -> tuple[Span, str]:
    end = source.span(statement)[2:]
    tail = source.slice(spans[-1][2:] + end)
    parenthesised = tail.endswith(")")
    listed = ", ".join(names)
    if parenthesised and (line := _own_line(source, spans, place, end)):
        indentation = source.indentation(spans[0][0])
        if place < len(spans) or _has_comma(tail):
            text = "".join(f"{indentation}{name},\n" for name in names)
            return (line + 1, 1, line + 1, 1), text
        lines = "".join(f",\n{indentation}{name}" for name in names)
        if "#" not in tail:
            return spans[-1][2:] + spans[-1][2:], lines
        # A comment behind the last name stays behind it.
        start = spans[-1][2:]
        until = (line, len(source.lines[line - 1]) + 1)
        return start + until, "," + source.slice(start + until) + lines[1:]
    if place < len(spans):
        return spans[place][:2] + spans[place][:2], f"{listed}, "
    return spans[-1][2:] + spans[-1][2:], f", {listed}"


def _own_line(source: SourceText, spans: list[Span], place: int, end: Position) -> int | None:
    """The line below which a name goes, if the import has its names on lines of their own."""
    on_own_lines = all(not source.lines[span[0] - 1][: span[1] - 1].strip() for span in spans)
    if not on_own_lines or end[0] <= spans[-1][2]:
        return None
    return spans[0][0] - 1 if place == 0 else spans[place - 1][2]


def _has_comma(tail: str) -> bool:
    comments = scan(tail).comments
    for start, stop in reversed(comments):
        tail = tail[:start] + tail[stop:]
    return "," in tail


def _by_type(name: str) -> tuple[int, str]:
    return (0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2), name


_SORTS: tuple[Callable[[str], tuple[int, str]], ...] = (
    _by_type,
    lambda name: (0, name.casefold()),
    lambda name: (0, name),
)


def _new_line(source: SourceText, tree: ast.Module, wanted: AddImport) -> tuple[Span, str]:
    """A line of its own: in the section of its kin, else behind the last import before any definition."""
    line = f"import {wanted.module}" if wanted.name is None else f"from {wanted.module} import {wanted.name}"
    block = list(_leading_imports(tree))
    section = _section(wanted.module)
    kin = [node for node in block if _root(_names_module(node)) == _root(wanted.module)]
    if not kin and section == _STANDARD:
        kin = [node for node in block if _section(_names_module(node)) == section]
        if not kin and block and (place := _above(source, block[0])):
            return place, f"{line}\n\n"
    kin = kin or (_first_run(block) if section == _OTHER else [])
    if kin:
        smaller = [node for node in kin if _place_in_section(node) <= _order(wanted)]
        if smaller:
            return _below(source, tree, smaller[-1], f"{line}\n")
        if place := _above(source, kin[0]):
            return place, f"{line}\n"
    if block:
        older = [node for node in block if _section(_names_module(node)) <= section]
        return _below(source, tree, (older or block)[-1], f"{line}\n")
    return _first_import(source, tree, line)


def _first_run(block: Iterable[ast.Import | ast.ImportFrom]) -> list[ast.Import | ast.ImportFrom]:
    """The first imports of other packages, as far as nothing stands between them."""
    run: list[ast.Import | ast.ImportFrom] = []
    for node in block:
        if _section(_names_module(node)) == _OTHER:
            if run and node.lineno > (run[-1].end_lineno or run[-1].lineno) + 1:
                break
            run.append(node)
    return run


def _leading_imports(tree: ast.Module) -> Iterator[ast.Import | ast.ImportFrom]:
    for node in tree.body:
        if isinstance(node, _DEFINITIONS):
            return
        if isinstance(node, ast.Import | ast.ImportFrom) and _names_module(node) != "__future__":
            yield node


def _names_module(node: ast.Import | ast.ImportFrom) -> str:
    return _module(node) if isinstance(node, ast.ImportFrom) else node.names[0].name


_STANDARD, _OTHER, _RELATIVE = range(3)


def _section(module: str) -> int:
    if module.startswith("."):
        return _RELATIVE
    return _STANDARD if _root(module) in sys.stdlib_module_names else _OTHER


def _root(module: str) -> str:
    return "." if module.startswith(".") else module.split(".")[0]


def _order(wanted: AddImport) -> tuple[bool, str, str]:
    return wanted.name is not None, wanted.module, wanted.name or ""


def _place_in_section(node: ast.Import | ast.ImportFrom) -> tuple[bool, str, str]:
    return isinstance(node, ast.ImportFrom), _names_module(node), ""


def _above(source: SourceText, node: ast.stmt) -> Span | None:
    """The start of the statement's line, or of the comment above it, unless something precedes it there."""
    line, column = source.span(node)[:2]
    if column != 1:
        return None
    above = line
    while above > 1 and source.lines[above - 2].startswith("#"):
        above -= 1
    if above == 1:
        above = line
    return above, 1, above, 1


def _below(source: SourceText, tree: ast.Module, node: ast.stmt, text: str) -> tuple[Span, str]:
    """Behind the last line of the statement and of those that share it."""
    line = source.span(node)[2]
    for other in tree.body:
        span = source.span(other)
        if span[0] <= line < span[2]:
            line = span[2]
    while line < len(source.lines) and source.lines[line - 1].endswith("\\"):
        line += 1
    return source.insertion(line, text)


def _first_import(source: SourceText, tree: ast.Module, line: str) -> tuple[Span, str]:
    """Behind the docstring and `from __future__`, else behind the comments that open the file."""
    head: ast.stmt | None = None
    for index, node in enumerate(tree.body):
        docstring = index == 0 and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if docstring or (isinstance(node, ast.ImportFrom) and _module(node) == "__future__"):
            head = node
    if head is not None:
        span, text = _below(source, tree, head, f"\n{line}\n")
        return span, _apart(source, span, text)
    count = 0
    while count < len(source.lines) and source.lines[count].startswith("#"):
        count += 1
    if count == 0:
        return (1, 1, 1, 1), f"{line}\n\n" if source.text.strip() else f"{line}\n"
    span, text = source.insertion(count, f"\n{line}\n")
    return span, _apart(source, span, text)


def _apart(source: SourceText, span: Span, text: str) -> str:
    """The lines, with a blank line behind them if code follows at once."""
    follows = source.lines[span[0] - 1][span[1] - 1 :].strip()
    return f"{text}\n" if follows else text
