"""YAML as trees that know their places. Nothing is constructed, so no tag is obeyed and no alias is copied."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from celery_lint.finding import Location
from celery_lint.project.services.templates import is_template, without_templates
from celery_lint.project.services.text import UNKNOWN, PlacedText

if TYPE_CHECKING:
    import yaml

__all__ = ["Branch", "Broken", "documents", "events"]

MERGE = "<<"
MERGES = 8
"""Merged mappings within each other that are followed."""
DEEPEST = 100
"""Collections within each other; the fast parser ends the process where it runs out of stack."""
MOST_NODES = 200_000
UNKNOWNS = re.compile(f"{UNKNOWN}+")


class Broken(Struct, frozen=True):
    """A document that is not YAML, and no template either."""

    line: int
    column: int
    message: str


class Branch:
    """A node of a document. Mappings may have a key twice, as the branches of a template do."""

    def __init__(self, path: str, lines: list[str], node: yaml.Node, *, is_template: bool = False) -> None:
        self.path = path
        self.lines = lines
        self.node = node
        self.is_template = is_template
        self.kind: str = node.id  # type: ignore[attr-defined]

    def _at(self, node: yaml.Node) -> Branch:
        return Branch(self.path, self.lines, node, is_template=self.is_template)

    @property
    def is_mapping(self) -> bool:
        return self.kind == "mapping"

    @property
    def is_sequence(self) -> bool:
        return self.kind == "sequence"

    @property
    def is_scalar(self) -> bool:
        return self.kind == "scalar"

    def entries(self, merges: int = MERGES) -> Iterator[tuple[str, Branch, Branch]]:
        """Key, where it stands, and value of a mapping; its own entries before those it merges."""
        if not self.is_mapping:
            return
        merged = []
        seen = set()
        for key, value in self.node.value:
            if key.id != "scalar":
                continue
            if key.value == MERGE:
                merged.append(value)
            else:
                seen.add(key.value)
                yield key.value, self._at(key), self._at(value)
        for value in merged if merges else ():
            for each in value.value if value.id == "sequence" else (value,):
                for name, where, branch in self._at(each).entries(merges - 1):
                    if name not in seen:
                        seen.add(name)
                        yield name, where, branch

    def find(self, *keys: str) -> Branch | None:
        """The value below the keys, one after the other; the first where a key is there twice."""
        found: Branch | None = self
        for key in keys:
            found = next((value for name, _, value in found.entries() if name == key), None) if found else None
        return found

    def find_all(self, key: str) -> list[tuple[Branch, Branch]]:
        """Where the key stands and its value, for each of the mapping's own entries, else the first merged one."""
        own = [(where, value) for name, where, value in self.entries(0) if name == key]
        if own:
            return own
        return [(where, value) for name, where, value in self.entries() if name == key][:1]

    def items(self) -> list[Branch]:
        return [self._at(node) for node in self.node.value] if self.is_sequence else []

    @property
    def text(self) -> str | None:
        """The value of a scalar, with one `UNKNOWN` for each expression of a template."""
        return UNKNOWNS.sub(UNKNOWN, self.node.value) if self.is_scalar else None

    def location(self) -> Location:
        start, end = self.node.start_mark, self.node.end_mark
        return Location(self.path, start.line + 1, start.column + 1, end.line + 1, end.column + 1)

    def placed(self) -> PlacedText:
        """A scalar's value with the place of each character: where it next stands between the scalar's marks."""
        value = self.node.value
        line, column = self.node.start_mark.line, self.node.start_mark.column
        places = []
        for character in value:
            found = self._next(character, line, column)
            places.append((found[0] + 1, found[1] + 1))
            line, column = found if character.isspace() else (found[0], found[1] + 1)
        text = PlacedText(self.path, value, places)
        return text.replaced([(m.start(), m.end(), UNKNOWN) for m in UNKNOWNS.finditer(value)])

    def _next(self, character: str, line: int, column: int) -> tuple[int, int]:
        if character.isspace():
            return line, column
        end = self.node.end_mark.line
        for number in range(line, min(end + 1, len(self.lines))):
            at = self.lines[number].find(character, column if number == line else 0)
            if at >= 0:
                return number, at
        return line, column

    def below(self) -> Iterator[Branch]:
        """This node and every node below it, each once however many aliases lead there."""
        seen: set[int] = set()
        pending = [self.node]
        while pending and len(seen) < MOST_NODES:
            node = pending.pop()
            if id(node) in seen:
                continue
            seen.add(id(node))
            branch = self._at(node)
            yield branch
            if branch.is_mapping:
                pending += [value for _, value in reversed(node.value)]
            elif branch.is_sequence:
                pending += reversed(node.value)


def documents(path: str, source: str) -> tuple[list[Branch], Broken | None]:
    """The documents of a YAML file, and what is wrong with the first that is none.

    Of a template each document is read for itself, and what does not parse is left out in silence.
    """
    if not is_template(source):
        return _composed(path, source)
    found = []
    for first, part in _parts(without_templates(source)):
        more, _ = _composed(path, "\n" * first + part, is_template=True)
        found += more
    return found, None


def _composed(path: str, text: str, *, is_template: bool = False) -> tuple[list[Branch], Broken | None]:
    import yaml

    lines = re.split(r"\r\n|\r|\n", text)
    found: list[Branch] = []
    try:
        found += (Branch(path, lines, node, is_template=is_template) for node in _nodes(text) if node is not None)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        return found, Broken(line, column, error.problem or "not YAML")
    except yaml.YAMLError as error:
        return found, Broken(1, 1, " ".join(str(error).split()))
    except RecursionError:
        return found, Broken(1, 1, "nests too deeply")
    return found, None


def _nodes(text: str) -> list[yaml.Node | None]:
    """The roots of a stream, by the fast parser where PyYAML has it.

    An anchor may be given anew, which PyYAML refuses; then the slower parser is asked, which can be told.
    """
    import yaml

    fast: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    depth = 0
    for event in yaml.parse(text, Loader=fast):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise RecursionError
    try:
        return list(yaml.compose_all(text, Loader=fast))
    except yaml.composer.ComposerError as error:
        if not (error.context or "").startswith("found duplicate anchor"):
            raise

    class Lenient(yaml.SafeLoader):
        def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
            event = self.peek_event()  # type: ignore[no-untyped-call]
            if not isinstance(event, yaml.AliasEvent):
                self.anchors.pop(getattr(event, "anchor", None), None)
            return super().compose_node(parent, index)

    return list(yaml.compose_all(text, Loader=Lenient))


def _parts(text: str) -> Iterator[tuple[int, str]]:
    """The documents of a stream, each with the number of lines before it."""
    line = 0
    for part in re.split(r"(?m)^---.*$", text):
        yield line, part
        line += part.count("\n")


def events(text: str) -> list[tuple[object, ...]] | None:
    """What a parser sees, without places: two texts with the same events hold the same. None for what is not YAML."""
    import yaml

    try:
        parsed = yaml.parse(without_templates(text), Loader=yaml.SafeLoader)
        return [(type(event), *(getattr(event, name, None) for name in ("anchor", "tag", "value"))) for event in parsed]
    except yaml.YAMLError:
        return None
