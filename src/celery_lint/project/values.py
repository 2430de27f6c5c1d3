"""What an expression may stand for. Anything not certain is `UNKNOWN`."""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct, structs

__all__ = [
    "SOME_DATABASE",
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
    "Moment",
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
    "behind",
    "function_of",
    "is_certain",
    "one_of_several",
]


class Unknown(Struct, frozen=True):
    """Anything at all."""


UNKNOWN = Unknown()


class Literal(Struct, frozen=True):
    """A constant of the source; `value` is None for kinds that are only named."""

    kind: str
    value: str | int | float | bool | None = None


class External(Struct, frozen=True):
    """A name of a package that is not the project's: `django.db.transaction.atomic`."""

    name: str


class ModuleValue(Struct, frozen=True):
    path: str


class ClassValue(Struct, frozen=True):
    path: str
    scope: int


class FunctionValue(Struct, frozen=True):
    """A function of the project. `flavour` is "static" or "class" for such methods."""

    path: str
    scope: int
    flavour: str = ""


class LambdaValue(Struct, frozen=True):
    path: str
    scope: int


class Property(Struct, frozen=True):
    function: FunctionValue


class Instance(Struct, frozen=True):
    """An object of a class. `exact` is False for `self` and annotations: it may be of a subclass."""

    cls: ClassValue | External
    exact: bool = True


class Method(Struct, frozen=True):
    """A function of the project taken from an object or a class."""

    receiver: Instance | ClassValue
    function: FunctionValue


class ExternalMethod(Struct, frozen=True):
    """An attribute of an object whose class is not the project's."""

    receiver: Value
    name: str


class ParameterValue(Struct, frozen=True):
    """What a caller passes: nothing else is known of it."""

    path: str
    scope: int
    name: str


class TaskDecorator(Struct, frozen=True):
    """`shared_task`, `app.task`, or what a call of them with options gives. `options` are (path, call) places."""

    app: str = ""
    calls: tuple[tuple[str, int], ...] = ()


class TaskValue(Struct, frozen=True, eq=False):
    """A task of the project: its function or class. An external one has an empty path and a name.

    `decorators` are the calls that gave it its options; they say nothing about which task it is. `is_certain` is
    False for one of several that may be meant.
    """

    path: str
    scope: int
    name: str = ""
    decorators: tuple[tuple[str, int], ...] = ()
    app: str = ""
    is_certain: bool = True

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, TaskValue):
            return NotImplemented
        return (self.path, self.scope, self.name) == (other.path, other.scope, other.name)

    def __hash__(self) -> int:
        return hash((self.path, self.scope, self.name))


class TaskMethod(Struct, frozen=True):
    """`task.delay` or `signature.apply_async`, not called yet."""

    receiver: TaskValue | Signature
    name: str


class Signature(Struct, frozen=True):
    """A signature or canvas: "signature", "chain", "group", "chord", "map", "chunks". `tasks` are those it names."""

    kind: str
    tasks: tuple[TaskValue, ...]


class Partial(Struct, frozen=True):
    """`functools.partial(callee, …)` and the place of that call."""

    callee: Value
    path: str
    call: int


class Moment(Struct, frozen=True):
    """A `datetime`. `zone` is "aware", "local" or "utc" for one without a zone, "django" for `timezone.now()`, which
    has one unless USE_TZ is off, or "" when it cannot be told."""

    zone: str


SOME_DATABASE = "?"
"""Stands for the alias of a database where it is not known."""


class AtomicBlock(Struct, frozen=True):
    """What `transaction.atomic(…)` gives. `using` is None for the default database, else an alias."""

    using: str | None = None


class Manager(Struct, frozen=True):
    """A model's manager; `cls` is the project's own manager or queryset class, if it has one."""

    model: ClassValue | External
    cls: ClassValue | None = None


class QuerySet(Struct, frozen=True):
    """`rows` is "instances", or "values" after `.values()` and `.values_list()`."""

    model: ClassValue | External
    rows: str = "instances"
    cls: ClassValue | None = None


class Rows(Struct, frozen=True):
    """A collection whose items are all of one kind; `kind` is "list", "set", "generator" or what else it is, if that
    is certain."""

    element: Value
    kind: str = ""


class TupleValue(Struct, frozen=True):
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
    | Moment
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


def one_of_several(value: Value) -> Value:
    """The value, with its tasks marked as some of those that may be meant."""
    if isinstance(value, TaskValue):
        return structs.replace(value, is_certain=False)
    if isinstance(value, TaskMethod):
        receiver = one_of_several(value.receiver)
        assert isinstance(receiver, TaskValue | Signature)
        return TaskMethod(receiver, value.name)
    if isinstance(value, Signature):
        return Signature(value.kind, tuple(structs.replace(task, is_certain=False) for task in value.tasks))
    return value


def is_certain(value: Value) -> bool:
    """Whether no other task can be meant."""
    if isinstance(value, TaskMethod):
        value = value.receiver
    if isinstance(value, Signature):
        return all(task.is_certain for task in value.tasks)
    return not isinstance(value, TaskValue) or value.is_certain


def behind(callee: Value) -> tuple[FunctionValue | None, int]:
    """The project's function that a call of the value runs, and how many parameters are already filled."""
    if isinstance(callee, FunctionValue):
        return callee, 0
    if isinstance(callee, Method):
        bound = callee.function.flavour != "static" and (
            isinstance(callee.receiver, Instance) or callee.function.flavour == "class"
        )
        return callee.function, 1 if bound else 0
    if isinstance(callee, TaskValue) and callee.path:
        return FunctionValue(callee.path, callee.scope), 0
    return None, 0


def function_of(value: Value) -> tuple[str, int] | None:
    """The path and scope of the function that is run when it is called, if that is one of the project's."""
    if isinstance(value, FunctionValue | LambdaValue):
        return (value.path, value.scope)
    if isinstance(value, TaskValue) and value.path:
        return (value.path, value.scope)
    if isinstance(value, Method):
        return (value.function.path, value.function.scope)
    if isinstance(value, Partial):
        return function_of(value.callee)
    return None
