"""Turns the operations of a fix into text edits, and refuses those that it cannot make safely."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from celery_lint.finding import (
    AddImport,
    AppendText,
    Applicability,
    Edit,
    RenameMethod,
    ReplaceText,
    Suggestion,
    WrapInOnCommit,
)
from celery_lint.inspection.imports import ClashError, draft_imports, imported_around, shadows
from celery_lint.inspection.scan import scan
from celery_lint.inspection.source import parse_quietly
from celery_lint.inspection.workspace import NotFoundError, span_of

if TYPE_CHECKING:
    from celery_lint.finding import Fix, Location, Nomination
    from celery_lint.inspection.source import Position, SourceText, Span
    from celery_lint.inspection.statement import Cut
    from celery_lint.inspection.tree import CallShape
    from celery_lint.inspection.workspace import Workspace

__all__ = ["DraftError", "draft"]


class DraftError(Exception):
    """The fix cannot be made safely; says why."""


def draft(fix: Fix, nomination: Nomination, workspace: Workspace) -> Suggestion:
    """The edits of a fix, sorted and apart; raises DraftError or NotFoundError."""
    drafting = _Drafting(nomination, workspace)
    imports: dict[str, list[AddImport]] = {}
    for operation in fix.operations:
        match operation:
            case AddImport(path):
                imports.setdefault(path, []).append(operation)
            case RenameMethod(call, to):
                drafting.rename(call, to)
            case WrapInOnCommit():
                drafting.wrap(operation)
            case ReplaceText(location, text):
                drafting.replace(location, text)
            case AppendText(path, text, after):
                drafting.append(path, text, after)
            case _:
                assert_never(operation)
    for path, wanted in imports.items():
        drafting.add_imports(path, wanted)
    edits = drafting.finish()
    applicability = Applicability.UNSAFE if drafting.drops_comment else fix.applicability
    return Suggestion(fix.title, applicability, edits)


class _Drafting:
    """The edits of one fix while they are collected; their newlines are `\\n` until they are finished."""

    def __init__(self, nomination: Nomination, workspace: Workspace) -> None:
        self.nomination = nomination
        self.workspace = workspace
        self.edits: list[Edit] = []
        self.cuts: dict[str, list[Cut]] = {}
        self.unchecked: set[str] = set()
        self.uses: list[tuple[Location, frozenset[str]]] = []
        self.drops_comment = False

    def rename(self, call: Location, to: str) -> None:
        shape = self._call(call)
        if shape.attribute is None:
            raise DraftError("the call has no method to rename")
        self._edit(call.path, shape.attribute, to)

    def wrap(self, operation: WrapInOnCommit) -> None:
        """Puts text around the parts of the call, so that its layout and comments stay."""
        call, shape = operation.call, self._call(operation.call)
        using = f", using={operation.using}" if operation.using is not None else ""
        names = {operation.on_commit.split(".")[0]}
        behind_opening = (shape.opening[0], shape.opening[1] + 1)
        source = self.workspace.source(call.path)
        if not shape.arguments:
            self._insert(call.path, shape.start, f"{operation.on_commit}(")
            inside = source.slice(behind_opening + shape.closing)
            blank = "\n" not in inside and not inside.strip()
            self._edit(call.path, shape.opening + (shape.closing if blank else behind_opening), "")
            if using:
                self._insert(call.path, shape.closing, using)
        else:
            names.add(operation.partial.split(".")[0])
            self._insert(call.path, shape.start, f"{operation.on_commit}({operation.partial}(")
            if shape.generator:
                self._insert(call.path, shape.function_end, ", ")
                self._insert(call.path, span_of(call)[2:], f"){using})")
            else:
                spaced = source.slice(behind_opening + shape.closing)[:1].isspace()
                if shape.function_end == shape.opening:
                    self._edit(call.path, shape.opening + behind_opening, "," if spaced else ", ")
                else:
                    self._insert(call.path, shape.function_end, ",")
                    self._edit(call.path, shape.opening + behind_opening, "")
                self._insert(call.path, span_of(call)[2:], f"{using})")
        self.uses.append((call, frozenset(names)))

    def replace(self, location: Location, text: str) -> None:
        source = self.workspace.source(location.path)
        span = span_of(location)
        if not source.has(span[:2]) or not source.has(span[2:]) or span[:2] > span[2:]:
            raise DraftError("the place to change is not in the file")
        if source.is_python:
            try:
                self._cut(location)
            except NotFoundError:
                self.unchecked.add(location.path)
        self._edit(location.path, span, text)

    def append(self, path: str, text: str, after: Location | None) -> None:
        source = self.workspace.source(path)
        lines = text.strip("\n").split("\n")
        if after is None:
            line = len(source.lines) - (not source.lines[-1])
        else:
            if not source.has((after.line, after.column)) or not source.has((after.end_line, after.end_column)):
                raise DraftError("the place to append to is not in the file")
            line = after.end_line
            rest = source.lines[line - 1][after.end_column - 1 :].strip()
            before = source.lines[after.line - 1][: after.column - 1]
            if before.strip() or (rest and not rest.startswith("#")):
                raise DraftError("the statement shares its line with another")
            lines = [before + each if each else each for each in lines]
        self._edit(path, *source.insertion(line, "".join(f"{each}\n" for each in lines)))
        if source.is_python:
            self.unchecked.add(path)

    def add_imports(self, path: str, wanted: list[AddImport]) -> None:
        source = self.workspace.source(path)
        uses = [(location, names) for location, names in self.uses if location.path == path]
        for location, names in uses:
            if name := shadows(source, location, names, wanted):
                raise DraftError(f"`{name}` is a local name there")
        wanted = [
            each
            for each in wanted
            if not uses or not all(imported_around(source, location, each) for location, _ in uses)
        ]
        try:
            for span, text in draft_imports(source, wanted):
                self._edit(path, span, text)
        except ClashError as clash:
            raise DraftError(str(clash)) from None

    def finish(self) -> tuple[Edit, ...]:
        """The edits in order, checked: apart, encodable, and what they make of Python parses."""
        ordered = sorted(
            self.edits,
            key=lambda edit: (edit.path, edit.start_line, edit.start_column, edit.end_line, edit.end_column),
        )
        merged: list[Edit] = []
        for edit in ordered:
            last = merged[-1] if merged else None
            if last is not None and last.path == edit.path:
                start, end = (edit.start_line, edit.start_column), (last.end_line, last.end_column)
                if end > start:
                    raise DraftError("two of its changes overlap")
                if end == start:
                    merged[-1] = Edit(
                        last.path,
                        last.start_line,
                        last.start_column,
                        edit.end_line,
                        edit.end_column,
                        last.text + edit.text,
                    )
                    continue
            merged.append(edit)
        finished: list[Edit] = []
        for path in sorted({edit.path for edit in merged}):
            source = self.workspace.source(path)
            edits = [edit for edit in merged if edit.path == path]
            self._check(source, edits)
            finished += (Edit(path, *span_of_edit(edit), edit.text.replace("\n", source.newline)) for edit in edits)
        return tuple(finished)

    def _check(self, source: SourceText, edits: list[Edit]) -> None:
        if not all(source.encodes(edit.text) for edit in edits):
            raise DraftError(f"the new text cannot be written in {source.encoding}")
        if not source.is_python:
            return
        if source.path in self.unchecked:
            if source.tree is not None and parse_quietly(source.splice(edits)) is None:
                raise DraftError("the file would not parse any more")
            return
        for cut in self.cuts.get(source.path, ()):
            inside = [
                edit
                for edit in edits
                if cut.start <= source.offset((edit.start_line, edit.start_column))
                and source.offset((edit.end_line, edit.end_column)) <= cut.end
            ]
            after = cut.wrap(source.splice(inside, cut.start, cut.end))
            if parse_quietly(after) is None and parse_quietly(cut.text) is not None:
                raise DraftError("the statement would not parse any more")

    def _call(self, call: Location) -> CallShape:
        span = span_of(call)
        tree, cut = self.workspace.find(call, self._statement(call), lambda tree: tree.call(span) is not None)
        self.cuts.setdefault(call.path, []).append(cut)
        shape = tree.call(span)
        assert shape is not None
        return shape

    def _cut(self, location: Location) -> None:
        span = span_of(location)
        _, cut = self.workspace.find(
            location,
            self._statement(location),
            lambda tree: tree.bounds(span[:2]) and tree.bounds(span[2:]),
        )
        self.cuts.setdefault(location.path, []).append(cut)

    def _statement(self, location: Location) -> Location | None:
        statement = self.nomination.statement
        if statement.path != location.path:
            return None
        around = span_of(statement)
        inside = around[:2] <= span_of(location)[:2] and span_of(location)[2:] <= around[2:]
        return statement if inside else None

    def _insert(self, path: str, position: Position, text: str) -> None:
        self._edit(path, position + position, text)

    def _edit(self, path: str, span: Span, text: str) -> None:
        source = self.workspace.source(path)
        text = text.replace("\r\n", "\n")
        start, end = source.offset(span[:2]), source.offset(span[2:])
        if "#" in source.text[start:end]:
            comments = scan(source.text, start, end).comments
            self.drops_comment |= any(source.text[a:b].rstrip() not in text for a, b in comments)
        self.edits.append(Edit(path, *span, text))


def span_of_edit(edit: Edit) -> Span:
    return edit.start_line, edit.start_column, edit.end_line, edit.end_column
