"""What celery-lint says about a place: nominations from rules, findings for people, fixes as frozen data.

Positions are 1-based, columns count code points, ends are exclusive. Paths are relative to the project
root with forward slashes until the engine turns them into what the user sees.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

__all__ = [
    "AddImport",
    "AppendText",
    "Applicability",
    "Confidence",
    "Edit",
    "Finding",
    "Fix",
    "Location",
    "Nomination",
    "Operation",
    "Persona",
    "RenameMethod",
    "ReplaceText",
    "Severity",
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


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A region of one file."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Step:
    """One place on the way to a finding, and what happens there ("transaction opened here").

    An `aside` is no part of the way: it is only shown ("task defined here").
    """

    location: Location
    message: str
    aside: bool = False


@dataclass(frozen=True, slots=True)
class RenameMethod:
    """`receiver.old(...)` becomes `receiver.to(...)`; `call` is the whole call."""

    call: Location
    to: str


@dataclass(frozen=True, slots=True)
class WrapInOnCommit:
    """`f(a, b)` becomes `transaction.on_commit(partial(f, a, b))`; `call` is the whole call.

    `on_commit` and `partial` are how the file spells them (`transaction.on_commit`, `functools.partial`);
    `using` is the source text of the database alias, if it is not the default.
    """

    call: Location
    on_commit: str = "transaction.on_commit"
    partial: str = "partial"
    using: str | None = None


@dataclass(frozen=True, slots=True)
class ReplaceText:
    """The region becomes `text`. For arguments, names and values whose new text the rule knows."""

    location: Location
    text: str


@dataclass(frozen=True, slots=True)
class AppendText:
    """`text` is put on lines of its own after the statement that ends at `after`, or at the file's end."""

    path: str
    text: str
    after: Location | None = None


@dataclass(frozen=True, slots=True)
class AddImport:
    """`from module import name` (or `import module`), unless the file has it, after its other imports."""

    path: str
    module: str
    name: str | None = None


Operation = RenameMethod | WrapInOnCommit | ReplaceText | AppendText | AddImport


@dataclass(frozen=True, slots=True)
class Fix:
    """What a rule proposes: a title for people and the operations that the inspector drafts into edits."""

    title: str
    applicability: Applicability
    operations: tuple[Operation, ...]


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Replace a region of a file by `text`."""

    path: str
    start_line: int
    start_column: int
    end_line: int
    end_column: int
    text: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A fix whose edits the inspector has drafted."""

    title: str
    applicability: Applicability
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Nomination:
    """What a rule yields: a place that linked facts say is wrong, for the inspector to confirm.

    `statement` encloses `location` and is what a suppression comment may stand on. `expect` is what the
    concrete tree must show at `location`: "call", "name", "expression", "assignment", "definition",
    "decorator", "with" or "" for a place in a file that has no tree. `values` fill the page's message.
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


@dataclass(frozen=True, slots=True)
class Finding:
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
