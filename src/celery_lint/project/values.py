"""What an expression may stand for. Anything not certain is `UNKNOWN`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

__all__ = [
    "UNKNOWN",
    "AtomicBlock",
    "ClassValue",
    "External",
    "ExternalMethod",
    "FunctionValue",
    "Instance",
    "LambdaValue",
    "Literal",
    "Manager",
    "Method",
    "ModuleValue",
    "ParameterValue",
    "Partial",
    "Property",
    "QuerySet",
    "Rows",
    "Signature",
    "TaskDecorator",
    "TaskMethod",
    "TaskValue",
    "TupleValue",
    "Unknown",
    "Value",
]


@dataclass(frozen=True, slots=True)
class Unknown:
    """Anything at all."""


UNKNOWN = Unknown()


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant of the source; `value` is None for kinds that are only named."""

    kind: str
    value: str | int | float | bool | None = None


@dataclass(frozen=True, slots=True)
class External:
    """A name of a package that is not the project's: `django.db.transaction.atomic`."""

    name: str


@dataclass(frozen=True, slots=True)
class ModuleValue:
    path: str


@dataclass(frozen=True, slots=True)
class ClassValue:
    path: str
    scope: int


@dataclass(frozen=True, slots=True)
class FunctionValue:
    """A function of the project. `flavour` is "static" or "class" for such methods."""

    path: str
    scope: int
    flavour: str = ""


@dataclass(frozen=True, slots=True)
class LambdaValue:
    path: str
    scope: int


@dataclass(frozen=True, slots=True)
class Property:
    function: FunctionValue


@dataclass(frozen=True, slots=True)
class Instance:
    """An object of a class. `exact` is False for `self` and annotations: it may be of a subclass."""

    cls: ClassValue | External
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Method:
    """A function of the project taken from an object or a class."""

    receiver: Instance | ClassValue
    function: FunctionValue


@dataclass(frozen=True, slots=True)
class ExternalMethod:
    """An attribute of an object whose class is not the project's."""

    receiver: Value
    name: str


@dataclass(frozen=True, slots=True)
class ParameterValue:
    """What a caller passes: nothing else is known of it."""

    path: str
    scope: int
    name: str


@dataclass(frozen=True, slots=True)
class TaskDecorator:
    """`shared_task`, `app.task`, or what a call of them with options gives. `options` are (path, call) places."""

    app: str = ""
    calls: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class TaskValue:
    """A task of the project: its function or class. An external one has an empty path and a name."""

    path: str
    scope: int
    name: str = ""
    decorators: tuple[tuple[str, int], ...] = field(default=(), compare=False)
    app: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class TaskMethod:
    """`task.delay` or `signature.apply_async`, not called yet."""

    receiver: TaskValue | Signature
    name: str


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature or canvas: "signature", "chain", "group", "chord", "map", "chunks". `tasks` are those it names."""

    kind: str
    tasks: tuple[TaskValue, ...]


@dataclass(frozen=True, slots=True)
class Partial:
    """`functools.partial(callee, …)` and the place of that call."""

    callee: Value
    path: str
    call: int


@dataclass(frozen=True, slots=True)
class AtomicBlock:
    """What `transaction.atomic(…)` gives. `using` is None for the default database, "?" when not known."""

    using: str | None = None


@dataclass(frozen=True, slots=True)
class Manager:
    """A model's manager; `cls` is the project's own manager or queryset class, if it has one."""

    model: ClassValue | External
    cls: ClassValue | None = None


@dataclass(frozen=True, slots=True)
class QuerySet:
    """`rows` is "instances", or "values" after `.values()` and `.values_list()`."""

    model: ClassValue | External
    rows: str = "instances"
    cls: ClassValue | None = None


@dataclass(frozen=True, slots=True)
class Rows:
    """A list, tuple, set or generator whose items are all of one kind."""

    element: Value


@dataclass(frozen=True, slots=True)
class TupleValue:
    items: tuple[Value, ...]


Value: TypeAlias = (
    Unknown
    | Literal
    | External
    | ModuleValue
    | ClassValue
    | FunctionValue
    | LambdaValue
    | Property
    | Instance
    | Method
    | ExternalMethod
    | ParameterValue
    | TaskDecorator
    | TaskValue
    | TaskMethod
    | Signature
    | Partial
    | AtomicBlock
    | Manager
    | QuerySet
    | Rows
    | TupleValue
)
