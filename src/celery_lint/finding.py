"""What celery-lint says about a place: nominations from rules, findings for people, fixes as frozen data.

Positions are 1-based, columns count code points, ends are exclusive. Paths are relative to the project
root with forward slashes until the engine turns them into what the user sees.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct, field, structs

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "AddDecorator",
    "AddHandler",
    "AddImport",
    "AddItem",
    "AddParameter",
    "AppendText",
    "Applicability",
    "AwaitCall",
    "Confidence",
    "Edit",
    "Finding",
    "Fix",
    "Location",
    "MoveDecorator",
    "Nomination",
    "Operation",
    "Persona",
    "RemoveKeyword",
    "Rename",
    "RenameKeyword",
    "RenameMethod",
    "ReplaceText",
    "SetArgument",
    "SetKey",
    "SetKeyword",
    "SetValue",
    "Severity",
    "Silenced",
    "Step",
    "Suggestion",
    "WrapInOnCommit",
]


class Severity(IntEnum):
    INFORMATION = 1
    WARNING = 2
    ERROR = 3


class Confidence(IntEnum):
    LOW = 1
    MEDIUM = 2
    HIGH = 3


class Persona(IntEnum):
    REGULAR = 1
    PEDANTIC = 2
    AUDITOR = 3


class Applicability(StrEnum):
    SAFE = "safe"
    UNSAFE = "unsafe"


class Location(Struct, frozen=True, order=True):
    """A region of one file."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int


class Step(Struct, frozen=True):
    """One place on the way to a finding, and what happens there ("transaction opened here").

    The finding's own place is a step where the way goes on behind it; else the way ends at the finding.
    An `aside` is no part of the way: it is only shown ("task defined here").
    """

    location: Location
    message: str
    aside: bool = False


class RenameMethod(Struct, frozen=True):
    """`receiver.old(...)` becomes `receiver.to(...)`; `call` is the whole call."""

    call: Location
    to: str


class WrapInOnCommit(Struct, frozen=True):
    """`f(a, b)` becomes `transaction.on_commit(partial(f, a, b))`; `call` is the whole call.

    `on_commit` and `partial` are how the file spells them (`transaction.on_commit`, `functools.partial`);
    `using` is the source text of the database alias, if it is not the default.
    """

    call: Location
    on_commit: str = "transaction.on_commit"
    partial: str = "partial"
    using: str | None = None


class ReplaceText(Struct, frozen=True):
    """The region becomes `text`. For arguments, names and values whose new text the rule knows."""

    location: Location
    text: str


class AppendText(Struct, frozen=True):
    """`text` is put on lines of its own after the statement that ends at `after`, or at the file's end."""

    path: str
    text: str
    after: Location | None = None


class AddImport(Struct, frozen=True):
    """`from module import name` (or `import module`), unless the file has it, after its other imports."""

    path: str
    module: str
    name: str | None = None


class Rename(Struct, frozen=True):
    """What stands at `location`, a name or a string, becomes `to`; a string keeps its quotes.

    Of an attribute, an item or a keyword argument it is the last name, the key or the keyword.
    """

    location: Location
    to: str


class SetKeyword(Struct, frozen=True):
    """`name=value` in the call: the value of that keyword, or a new one behind the other arguments.

    `call` is the whole call, or a decorator, which may have no brackets yet (`@shared_task`). `value` is
    source text.
    """

    call: Location
    name: str
    value: str


class RenameKeyword(Struct, frozen=True):
    """`f(name=1)` becomes `f(to=1)`."""

    call: Location
    name: str
    to: str


class RemoveKeyword(Struct, frozen=True):
    """`f(a, name=1)` becomes `f(a)`."""

    call: Location
    name: str


class SetKey(Struct, frozen=True):
    """`"key": value` in the dict display: the value of that key, or a new entry behind the others."""

    mapping: Location
    key: str
    value: str


class SetValue(Struct, frozen=True):
    """What is given to the name, attribute, key or keyword at `target` becomes `text`, in which `{}` is what it was."""

    target: Location
    text: str


class SetArgument(Struct, frozen=True):
    """The argument at that position, or of that keyword, becomes `text`, in which `{}` is what it was."""

    call: Location
    argument: int | str
    text: str


class AddItem(Struct, frozen=True):
    """`item` is put behind the others in the list or tuple that is given to what stands at `target`.

    A string in double quotes gets single ones where the last item has them.
    """

    target: Location
    item: str


class AwaitCall(Struct, frozen=True):
    """`f(x)` becomes `await g(x)`, where `function` is `g` with `{}` for `f`; in brackets if more is done with it.

    If it `hands_over`, `f(x)` becomes `await g(f, x)`.
    """

    call: Location
    function: str
    brackets: bool = False
    hands_over: bool = False


class AddParameter(Struct, frozen=True):
    """A parameter, as source text (`self`, `limit=10`): the first, or the last that can go by position.

    `definition` begins where the function's `def`, name or a decorator does.
    """

    definition: Location
    text: str
    first: bool = False


class AddDecorator(Struct, frozen=True):
    """`@text` directly above the `def` or `class`, or above its other decorators."""

    definition: Location
    text: str
    outermost: bool = False


class AddHandler(Struct, frozen=True):
    """`except exception: raise` on lines of their own above the `except` that begins at `clause`."""

    clause: Location
    exception: str


class MoveDecorator(Struct, frozen=True):
    """The decorator takes the place of `to`, another of the definition; those between move up or down."""

    decorator: Location
    to: Location


Operation = (
    RenameMethod
    | WrapInOnCommit
    | ReplaceText
    | AppendText
    | AddImport
    | Rename
    | SetKeyword
    | RenameKeyword
    | RemoveKeyword
    | SetKey
    | SetValue
    | SetArgument
    | AddItem
    | AwaitCall
    | AddParameter
    | AddDecorator
    | AddHandler
    | MoveDecorator
)


class Fix(Struct, frozen=True):
    """What a rule proposes: a title for people and the operations that the inspector drafts into edits."""

    title: str
    applicability: Applicability
    operations: tuple[Operation, ...]


class Edit(Struct, frozen=True, order=True):
    """Replace a region of a file by `text`."""

    path: str
    start_line: int
    start_column: int
    end_line: int
    end_column: int
    text: str


class Suggestion(Struct, frozen=True):
    """A fix whose edits the inspector has drafted."""

    title: str
    applicability: Applicability
    edits: tuple[Edit, ...]


class Nomination(Struct, frozen=True):
    """What a rule yields: a place that linked facts say is wrong, for the inspector to confirm.

    `statement` encloses `location` and is what a suppression comment may stand on. `expect` is what the
    concrete tree must show at `location`: "call", "name", "expression", "assignment", "definition",
    "decorator", "handler", "with" or "" for a place in a file that has no tree. `values` fill the page's message.
    """

    rule: str
    location: Location
    statement: Location
    values: dict[str, str] = field(default_factory=dict)
    expect: str = "call"
    label: str = ""
    trace: tuple[Step, ...] = ()
    fix: Fix | None = None
    severity: Severity | None = None
    confidence: Confidence | None = None


class Finding(Struct, frozen=True):
    """What users see. `why` is one sentence; `label` stands under the primary span."""

    code: str
    name: str
    category: str
    location: Location
    statement: Location
    message: str
    why: str
    severity: Severity
    confidence: Confidence
    label: str = ""
    trace: tuple[Step, ...] = ()
    fix: Suggestion | None = None

    @property
    def sort_key(self) -> tuple[str, int, int, str, str]:
        return (self.location.path, self.location.line, self.location.column, self.code, self.message)

    def relocated(self, renamed: Callable[[str], str]) -> Finding:
        """The finding with every path in it renamed."""

        def moved(place: Location) -> Location:
            return structs.replace(place, path=renamed(place.path))

        fix = self.fix
        if fix is not None:
            fix = structs.replace(
                fix, edits=tuple(structs.replace(edit, path=renamed(edit.path)) for edit in fix.edits)
            )
        return structs.replace(
            self,
            location=moved(self.location),
            statement=moved(self.statement),
            trace=tuple(structs.replace(step, location=moved(step.location)) for step in self.trace),
            fix=fix,
        )


class Silenced(Struct, frozen=True):
    """A finding that a comment silences: the line of the comment, and the reason that it gives, if any."""

    finding: Finding
    line: int
    reason: str
