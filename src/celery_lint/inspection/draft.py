"""Turns the operations of a fix into text edits, and refuses those that it cannot make safely."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from msgspec import structs

from celery_lint.finding import (
    AddDecorator,
    AddHandler,
    AddImport,
    AddItem,
    AddParameter,
    AppendText,
    Applicability,
    AwaitCall,
    Edit,
    MoveDecorator,
    RemoveKeyword,
    Rename,
    RenameKeyword,
    RenameMethod,
    ReplaceText,
    SetArgument,
    SetKey,
    SetKeyword,
    SetValue,
    Suggestion,
    WrapInOnCommit,
)
from celery_lint.inspection.imports import ClashError, draft_imports, imported_around, shadows
from celery_lint.inspection.scan import scan
from celery_lint.inspection.workspace import NotFoundError, span_of
from celery_lint.source import parse_quietly

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from celery_lint.finding import Fix, Location, Nomination, Operation
    from celery_lint.inspection.listing import Listing
    from celery_lint.inspection.source import Position, SourceText, Span
    from celery_lint.inspection.statement import Cut
    from celery_lint.inspection.tree import CallShape, ConcreteTree, Value
    from celery_lint.inspection.workspace import Workspace

__all__ = ["DraftError", "draft"]


class DraftError(Exception):
    """The fix cannot be made safely; says why."""


def draft(fix: Fix, nomination: Nomination, workspace: Workspace) -> Suggestion:
    """The edits of a fix, sorted and apart; raises DraftError or NotFoundError."""
    drafting = _Drafting(nomination, workspace)
    for operation in fix.operations:
        drafting.operate(operation)
    edits = drafting.finish()
    applicability = Applicability.UNSAFE if drafting.moves_comment else fix.applicability
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
        self.imports: dict[str, list[AddImport]] = {}
        self.keywords: dict[Location, dict[str, str]] = {}
        self.moves_comment = False
        """Whether a comment goes, or is no longer beside what it was beside."""

    def operate(self, operation: Operation) -> None:
        match operation:
            case AddImport(path):
                self.imports.setdefault(path, []).append(operation)
            case RenameMethod(call, to):
                self.rename_method(call, to)
            case WrapInOnCommit():
                self.wrap(operation)
            case ReplaceText(location, text):
                self.replace(location, text)
            case AppendText(path, text, after):
                self.append(path, text, after)
            case Rename(location, to):
                self.rename(location, to)
            case SetKeyword(call, name, value):
                self.keywords.setdefault(call, {})[name] = value
            case RenameKeyword(call, name, to):
                self.rename_keyword(call, name, to)
            case RemoveKeyword(call, name):
                self.remove_keyword(call, name)
            case SetKey(mapping, key, value):
                self.set_key(mapping, key, value)
            case SetValue(target, text):
                self.set_value(target, text)
            case SetArgument(call, argument, text):
                self.set_argument(call, argument, text)
            case AddItem(target, item):
                self.add_item(target, item)
            case AwaitCall():
                self.await_call(operation)
            case AddParameter(definition, text, first):
                self.add_parameter(definition, text, first=first)
            case AddDecorator(definition, text, outermost):
                self.add_decorator(definition, text, outermost=outermost)
            case AddHandler(clause, exception):
                self.add_handler(clause, exception)
            case MoveDecorator(decorator, place):
                self.move_decorator(decorator, place)
            case _:
                assert_never(operation)

    def rename_method(self, call: Location, to: str) -> None:
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
                self._hand_over(call.path, shape)
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

    def rename(self, location: Location, to: str) -> None:
        """A string keeps its prefix and quotes."""
        tree = self._tree(location, lambda tree: tree.bounds(span_of(location)[:2]))
        word = tree.word(span_of(location))
        if word is None:
            raise DraftError("no name and no plain string stands there")
        self._edit(location.path, word.region, f"{word.before}{to}{word.behind}")

    def set_keywords(self, call: Location, keywords: Mapping[str, str]) -> None:
        span = span_of(call)
        tree = self._tree(call, lambda tree: bool(tree.arguments(span) or tree.bare_decorator(span)))
        arguments = tree.arguments(span)
        if arguments is not None:
            self._set(call.path, arguments, {name: (f"{name}={value}", value) for name, value in keywords.items()})
            return
        end = tree.bare_decorator(span)
        assert end is not None
        self._insert(call.path, end, f"({', '.join(f'{name}={value}' for name, value in keywords.items())})")

    def set_key(self, mapping: Location, key: str, value: str) -> None:
        span = span_of(mapping)
        entries = self._tree(mapping, lambda tree: tree.entries(span) is not None).entries(span)
        assert entries is not None
        keys = [item.key for item in entries.items if item.key is not None]
        quote = "'" if keys and self.workspace.source(mapping.path).slice(keys[-1]).endswith("'") else '"'
        self._set(mapping.path, entries, {key: (f"{quote}{key}{quote}: {value}", value)})

    def set_value(self, target: Location, text: str) -> None:
        span = span_of(target)
        value = self._tree(target, lambda tree: tree.value(span) is not None).value(span)
        assert value is not None
        self._become(target.path, value, text)

    def set_argument(self, call: Location, argument: int | str, text: str) -> None:
        span = span_of(call)
        value = self._tree(call, lambda tree: tree.call(span) is not None).argument(span, argument)
        if value is None:
            raise DraftError("the call has no such argument")
        self._become(call.path, value, text)

    def _become(self, path: str, value: Value, text: str) -> None:
        """Puts text around what stays, so that its comments do; new brackets take the place of its own."""
        before, around, behind = text.partition("{}")
        if not around:
            self._edit(path, value.region, text)
            return
        stays = value.bare if before.endswith("(") else value.region
        self._edit(path, value.region[:2] + stays[:2], before)
        self._edit(path, stays[2:] + value.region[2:], behind)

    def add_item(self, target: Location, item: str) -> None:
        span = span_of(target)
        listing = self._tree(target, lambda tree: tree.value(span) is not None).items(span)
        if listing is None:
            raise DraftError("no list or tuple stands there")
        last = listing.items[-1] if listing.items else None
        if last is not None and self.workspace.source(target.path).slice(last.start + last.end).startswith("'"):
            item = item.replace('"', "'")
        self._put(target.path, listing, [item], len(listing.items))

    def await_call(self, operation: AwaitCall) -> None:
        call, shape = operation.call, self._call(operation.call)
        before, around, behind = operation.function.partition("{}")
        opening = "(await " if operation.brackets else "await "
        if operation.hands_over:
            self._insert(call.path, shape.start, f"{opening}{operation.function}(")
            self._hand_over(call.path, shape)
        elif around:
            self._insert(call.path, shape.start, f"{opening}{before}")
            self._insert(call.path, shape.function_end, behind)
        else:
            self._edit(call.path, shape.start + shape.function_end, f"{opening}{operation.function}")
        if operation.brackets:
            self._insert(call.path, span_of(call)[2:], ")")

    def _hand_over(self, path: str, shape: CallShape) -> None:
        """Makes the function the first argument of the call whose brackets stay: `f(x)` → `f, x)`."""
        behind = (shape.opening[0], shape.opening[1] + 1)
        spaced = self.workspace.source(path).slice(behind + shape.closing)[:1].isspace()
        if not shape.arguments:
            self._edit(path, shape.opening + behind, "")
        elif shape.function_end == shape.opening:
            self._edit(path, shape.opening + behind, "," if spaced else ", ")
        else:
            self._insert(path, shape.function_end, ",")
            self._edit(path, shape.opening + behind, "")

    def _set(self, path: str, listing: Listing, wanted: Mapping[str, tuple[str, str]]) -> None:
        """By name an item's text and value: the value of the item there is, or the items behind the others."""
        new: list[str] = []
        for name, (text, value) in wanted.items():
            number = listing.named(name)
            region = listing.items[number].value if number is not None else None
            if region is not None:
                self._edit(path, region, value)
            elif listing.named("**") is not None:
                raise DraftError(f"what is spread there may hold `{name}` already")
            else:
                new.append(text)
        if new:
            self._put(path, listing, new, len(listing.items))

    def _put(self, path: str, listing: Listing, texts: list[str], number: int) -> None:
        source = self.workspace.source(path)
        for span, part in listing.insertion(source, texts, number):
            self._edit(path, span, part)

    def rename_keyword(self, call: Location, name: str, to: str) -> None:
        listing, key = self._keyword(call, name)
        if listing.named(to) is not None:
            raise DraftError(f"the call has `{to}` already")
        self._edit(call.path, key, to)

    def remove_keyword(self, call: Location, name: str) -> None:
        listing, _ = self._keyword(call, name)
        number = listing.named(name)
        assert number is not None
        self._edit(call.path, listing.removal(self.workspace.source(call.path), number), "")

    def _keyword(self, call: Location, name: str) -> tuple[Listing, Span]:
        """The arguments of the call, and the region of the keyword."""
        span = span_of(call)
        arguments = self._tree(call, lambda tree: tree.arguments(span) is not None).arguments(span)
        assert arguments is not None
        number = arguments.named(name)
        key = arguments.items[number].key if number is not None else None
        if key is None:
            raise DraftError(f"the call has no keyword `{name}`")
        return arguments, key

    def add_parameter(self, definition: Location, text: str, *, first: bool) -> None:
        start = (definition.line, definition.column)
        found = self._definition(definition, lambda tree: tree.parameters(start) is not None).parameters(start)
        assert found is not None
        listing, by_position = found
        self._put(definition.path, listing, [text], 0 if first else by_position)

    def add_decorator(self, definition: Location, text: str, *, outermost: bool) -> None:
        start = (definition.line, definition.column)
        found = self._definition(definition, lambda tree: tree.decorators(start) is not None).decorators(start)
        assert found is not None
        decorators, line = found
        if outermost and decorators:
            line = decorators[0][0]
        indentation = self.workspace.source(definition.path).indentation(line)
        self._insert(definition.path, (line, 1), f"{indentation}@{text}\n")
        self.unchecked.add(definition.path)

    def add_handler(self, clause: Location, exception: str) -> None:
        source = self.workspace.source(clause.path)
        margin = source.indentation(clause.line)
        if not source.lines[clause.line - 1].startswith(f"{margin}except") or clause.column != len(margin) + 1:
            raise DraftError("no `except` stands there")
        below = (number for number in range(clause.line + 1, len(source.lines) + 1) if source.lines[number - 1].strip())
        body = source.indentation(next(below, clause.line))
        step = "\t" if margin.endswith("\t") else "    "
        deeper = body if body.startswith(margin) and body != margin else margin + step
        self._insert(clause.path, (clause.line, 1), f"{margin}except {exception}:\n{deeper}raise\n")
        self.unchecked.add(clause.path)

    def move_decorator(self, decorator: Location, place: Location) -> None:
        """The texts of the decorators move, and the lines that they stand on stay."""
        spans = span_of(decorator), span_of(place)
        tree = self._tree(decorator, lambda tree: bool(tree.decorators_with(spans[0])))
        all_of_it = tree.decorators_with(spans[0])
        numbers = [next((n for n, each in enumerate(all_of_it) if span in each), -1) for span in spans]
        if -1 in numbers:
            raise DraftError("the decorators are not of one definition")
        source = self.workspace.source(decorator.path)
        regions = [expression for _, expression in all_of_it]
        texts = [source.slice(region) for region in regions]
        texts.insert(numbers[1], texts.pop(numbers[0]))
        first, last = regions[min(numbers)], regions[max(numbers)]
        between = source.offset(first[:2]), source.offset((last[2], len(source.lines[last[2] - 1]) + 1))
        self.moves_comment |= bool(scan(source.text, *between).comments)
        for region, text in zip(regions, texts, strict=True):
            if source.slice(region) != text:
                self._edit(decorator.path, region, text)

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
        for call, keywords in self.keywords.items():
            self.set_keywords(call, keywords)
        for path, wanted in self.imports.items():
            self.add_imports(path, wanted)
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
        shape = self._tree(call, lambda tree: tree.call(span) is not None).call(span)
        assert shape is not None
        return shape

    def _tree(self, location: Location, accepts: Callable[[ConcreteTree], bool]) -> ConcreteTree:
        tree, cut = self.workspace.find(location, self._statement(location), accepts)
        self.cuts.setdefault(location.path, []).append(cut)
        return tree

    def _definition(self, location: Location, accepts: Callable[[ConcreteTree], bool]) -> ConcreteTree:
        """The tree of a definition with its decorators, which no nominee's statement has."""
        begin = structs.replace(location, end_line=location.line, end_column=location.column)
        tree, cut = self.workspace.find(begin, None, accepts)
        self.cuts.setdefault(location.path, []).append(cut)
        return tree

    def _cut(self, location: Location) -> None:
        span = span_of(location)
        self._tree(location, lambda tree: tree.bounds(span[:2]) and tree.bounds(span[2:]))

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
            self.moves_comment |= any(source.text[a:b].rstrip() not in text for a, b in comments)
        self.edits.append(Edit(path, *span, text))


def span_of_edit(edit: Edit) -> Span:
    return edit.start_line, edit.start_column, edit.end_line, edit.end_column
