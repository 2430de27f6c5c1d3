"""What an expression of a configuration amounts to: contents, how sure they are, and where they stand."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeAlias

from msgspec import Struct

from celery_lint.facts.schema import Span
from celery_lint.project.values import Value

__all__ = [
    "ANYTHING",
    "Anything",
    "Content",
    "Datum",
    "Duration",
    "Either",
    "Items",
    "Made",
    "Reference",
    "Scalar",
    "State",
    "Table",
    "Text",
]

FALSE_WORDS = frozenset({"", "0", "false", "no", "off", "f", "n", "none", "null"})


class State(StrEnum):
    """How sure a value is. A default is what holds unless the environment says otherwise."""

    KNOWN = "known"
    DEFAULT = "default"
    UNKNOWN = "unknown"


class Anything(Struct, frozen=True):
    """Nothing is known."""


class Scalar(Struct, frozen=True):
    value: str | int | float | bool | None


class Text(Struct, frozen=True):
    """A string of which only the beginning is known, perhaps nothing."""

    prefix: str = ""


class Duration(Struct, frozen=True):
    """A timedelta, in seconds."""

    seconds: float


class Items(Struct, frozen=True):
    """A list, tuple or set; `complete` when there are no other items."""

    kind: str
    items: tuple[Datum, ...]
    complete: bool = True


class Table(Struct, frozen=True):
    """A dict, by its keys as they come; a later entry of the same key replaces an earlier one."""

    entries: tuple[tuple[Datum, Datum], ...]
    complete: bool = True

    def get(self, key: str) -> Datum | None:
        """What stands under a key of that text."""
        return next((value for name, value in reversed(self.entries) if name.text == key), None)


class Made(Struct, frozen=True):
    """What a call of something outside of the project gives: `crontab(minute=5)`, `Queue("slow")`.

    `name` is the dotted name of what is called; `call` is its number among the facts of the datum's path.
    """

    name: str
    args: tuple[Datum, ...]
    keywords: tuple[tuple[str, Datum], ...]
    call: int

    def argument(self, position: int, name: str) -> Datum | None:
        if 0 <= position < len(self.args):
            return self.args[position]
        return next((value for keyword, value in self.keywords if keyword == name), None)


class Reference(Struct, frozen=True):
    """An object that is only named: a task, a function, a class."""

    value: Value


class Either(Struct, frozen=True):
    """One of several."""

    options: tuple[Datum, ...]


Content: TypeAlias = Anything | Scalar | Text | Duration | Items | Table | Made | Reference | Either
ANYTHING = Anything()


class Datum(Struct, frozen=True):
    """A value of a configuration and where it comes from.

    `span` is the place that shows it (the name that is assigned, the key of a dict, a call) and `statement`
    what that is part of. `guard` is what an if around it says: "", "tests", "development" or "unknown".
    `variable` is the environment variable it is read from, and `cast` what becomes of that variable's text:
    "str" where nothing does, "" where it is not known.
    """

    content: Content
    state: State
    path: str
    span: Span
    statement: Span
    guard: str = ""
    variable: str = ""
    cast: str = ""
    name: str = ""
    """The name, attribute or keyword it is assigned to, as written."""

    @property
    def is_known(self) -> bool:
        return self.state is not State.UNKNOWN

    @property
    def text(self) -> str | None:
        return self.content.value if isinstance(self.content, Scalar) and isinstance(self.content.value, str) else None

    @property
    def prefix(self) -> str:
        """As much of a string as is known."""
        return self.content.prefix if isinstance(self.content, Text) else self.text or ""

    @property
    def number(self) -> float | None:
        """Of a number its value, of a timedelta its seconds."""
        if isinstance(self.content, Duration):
            return self.content.seconds
        value = self.content.value if isinstance(self.content, Scalar) else None
        return value if isinstance(value, int | float) and not isinstance(value, bool) else None

    @property
    def is_none(self) -> bool:
        return isinstance(self.content, Scalar) and self.content.value is None

    @property
    def truth(self) -> bool | None:
        """What it amounts to where a boolean is asked for; words such as "false" count as they are meant."""
        content = self.content
        if isinstance(content, Scalar):
            if isinstance(content.value, str):
                return content.value.strip().lower() not in FALSE_WORDS
            return bool(content.value)
        if isinstance(content, Duration):
            return content.seconds != 0
        if isinstance(content, Items):
            return True if content.items else (False if content.complete else None)
        if isinstance(content, Table):
            return True if content.entries else (False if content.complete else None)
        if isinstance(content, Either):
            truths = {option.truth for option in content.options}
            return truths.pop() if len(truths) == 1 else None
        return None

    @property
    def type(self) -> str:
        """ "string", "int", "float", "bool", "none", "list", "tuple", "set", "dict", "timedelta"; "" if not known."""
        content = self.content
        if isinstance(content, Scalar):
            name = type(content.value).__name__
            return {"str": "string", "NoneType": "none"}.get(name, name)
        if isinstance(content, Items):
            return content.kind
        return {Text: "string", Duration: "timedelta", Table: "dict"}.get(type(content), "")

    @property
    def options(self) -> tuple[Datum, ...]:
        """Itself, or all that it can be."""
        if isinstance(self.content, Either):
            return tuple(inner for option in self.content.options for inner in option.options)
        return (self,)

    @property
    def items(self) -> tuple[Datum, ...]:
        return self.content.items if isinstance(self.content, Items) else ()

    @property
    def entries(self) -> tuple[tuple[Datum, Datum], ...]:
        return self.content.entries if isinstance(self.content, Table) else ()

    @property
    def is_complete(self) -> bool:
        """Whether a list or dict has no other items than those known."""
        return isinstance(self.content, Items | Table) and self.content.complete

    def get(self, key: str) -> Datum | None:
        return self.content.get(key) if isinstance(self.content, Table) else None
