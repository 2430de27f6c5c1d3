"""Arguments that are of another type when they arrive, where the task counts on the type."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from celery_lint.facts import schema as s
from celery_lint.project.arguments.given import displayed
from celery_lint.project.arguments.payload import is_json
from celery_lint.project.arguments.received import Received, received
from celery_lint.project.program import Place
from celery_lint.project.values import ClassValue, Literal, Value
from celery_lint.project.view import FileView

if TYPE_CHECKING:
    from celery_lint.project.arguments.message import Message

__all__ = ["Retyped", "first_retyped"]

CHOICES = frozenset(
    {
        *("django.db.models.IntegerChoices", "django.db.models.TextChoices", "enum.IntEnum", "enum.IntFlag"),
        *("enum.StrEnum", "django.db.models.enums.IntegerChoices", "django.db.models.enums.TextChoices"),
    }
)
"""Enumerations whose members JSON writes as plain texts and numbers; it refuses those of `enum.Enum`."""

MEMBER = ("label", "name", "value")
KEYS = ("id", "pk")


class Retyped(Struct, frozen=True):
    """What becomes of an argument, and what the task does with it."""

    written: str
    change: str
    use: str


def first_retyped(message: Message) -> Retyped | None:
    """The first argument that JSON certainly makes something else of, and that the task uses as it was sent."""
    function = message.task.function
    if function is None or not is_json(message) or message.task.option("pydantic") is not None:
        return None
    for item in received(message):
        found = retyped(message, item, message.project.program.view(function.path), function.scope)
        if found is not None:
            return found
    return None


def retyped(message: Message, item: Received, view: FileView, scope: int) -> Retyped | None:
    name, sent = item.parameter.name, item.sent
    if len(view.definitions.get((scope, name), ())) != 1:
        return None
    shown, place = displayed(message.project, sent.expr, sent.place)
    written = message.written(sent.expr) if isinstance(sent.expr, s.Name | s.Attribute) else name
    uses = Uses(message, view, scope, name)
    if has_int_keys(message, shown, place) and uses.looks_up_number:
        return Retyped(written, "its keys are text when it arrives", "looks up a number in it")
    if isinstance(shown, s.Display) and shown.kind == "tuple" and uses.needs_tuple:
        return Retyped(written, "a tuple arrives as a list", uses.needs_tuple)
    annotation = message.project.evaluator.value(item.parameter.annotation, Place(view.path, 0, 0, 1 << 30))
    if is_choice(message, annotation) and uses.member:
        return Retyped(written, "a member arrives as its plain value", f"reads its `{uses.member}`")
    return None


def has_int_keys(message: Message, expr: s.Expr, place: Place) -> bool:
    """Whether it certainly is a dict with numbers for keys."""
    if not isinstance(expr, s.Mapping):
        return False
    return any(key is not None and is_number(message, key, place) for key in expr.keys)


def is_number(message: Message, expr: s.Expr, place: Place) -> bool:
    value = message.project.evaluator.value(expr, place)
    return isinstance(value, Literal) and value.kind == "int"


def is_choice(message: Message, value: Value) -> bool:
    """Whether it is an enumeration of the project whose members are texts or numbers."""
    return isinstance(value, ClassValue) and message.project.evaluator.classes.inherits(value, CHOICES)


class Uses:
    """How a task's function uses a parameter."""

    def __init__(self, message: Message, view: FileView, scope: int, name: str) -> None:
        self.message = message
        self.view = view
        self.scope = scope
        self.me = s.Name(name)

    @property
    def looks_up_number(self) -> bool:
        """`names[1]`, `names.get(1)`, `1 in names`: with something that certainly is a number."""
        place = Place(self.view.path, self.scope, self.view.facts.scopes[self.scope].frame, 1 << 30)
        return any(is_number(self.message, key, place) or self._is_int(key) for key in self._keys())

    def _is_int(self, expr: s.Expr) -> bool:
        """Whether it is a parameter of the task that is annotated as a number, or the key of a row."""
        if isinstance(expr, s.Attribute):
            return expr.name in KEYS
        parameters = self.view.facts.scopes[self.scope].parameters
        return any(expr == s.Name(p.name) and p.annotation == s.Name("int") for p in parameters)

    def _keys(self) -> Iterator[s.Expr]:
        for call in self._calls():
            if isinstance(call.func, s.Attribute) and call.func.base == self.me and call.func.name in ("get", "pop"):
                yield from call.args[:1]
        for expr in self._expressions():
            if isinstance(expr, s.Item) and expr.base == self.me:
                yield expr.index
            elif isinstance(expr, s.Comparison) and expr.operators in (("In",), ("NotIn",)):
                yield from expr.operands[:1] if expr.operands[1] == self.me else ()

    @property
    def needs_tuple(self) -> str:
        """What only a tuple can be used for; "" for nothing."""
        for call in self._calls():
            if call.func == s.Name("isinstance") and call.args == (self.me, s.Name("tuple")):
                return "asks whether it is a tuple"
            if call.func == s.Name("hash") and call.args == (self.me,):
                return "takes its hash"
            if isinstance(call.func, s.Attribute) and call.func.name == "add" and call.args == (self.me,):
                return "puts it into a set"
        for expr in self._expressions():
            if isinstance(expr, s.Item) and expr.index == self.me:
                return "uses it as a key"
            if isinstance(expr, s.Mapping) and self.me in expr.keys:
                return "uses it as a key"
            if isinstance(expr, s.Operation) and expr.operator == "+" and self.me in (expr.left, expr.right):
                other = expr.right if expr.left == self.me else expr.left
                if isinstance(other, s.Display) and other.kind == "tuple":
                    return "adds a tuple to it"
        return ""

    @property
    def member(self) -> str:
        """The attribute of a member that is read; "" for none."""
        reads = (self.view.facts.reads[n] for name in MEMBER for n in self.view.reads_by_name.get(name, ()))
        return next((read.name for read in reads if read.scope == self.scope and read.base == self.me), "")

    def _calls(self) -> Iterator[s.Call]:
        for number in self.view.calls_by_scope.get(self.scope, ()):
            yield self.view.facts.calls[number]

    def _expressions(self) -> Iterator[s.Expr]:
        """Every expression of the function that is written out in a record of it, and those inside."""
        facts = self.view.facts
        found: list[object] = [frame.expr for frame in facts.frames if frame.scope == self.scope]
        found += [item.value for item in facts.returns if item.scope == self.scope]
        for binding in facts.bindings:
            if binding.scope == self.scope:
                found += (binding.value, binding.base)
        for call in self._calls():
            found += (call.func, *call.args, *(keyword.value for keyword in call.keywords))
        while found:
            part = found.pop()
            if isinstance(part, tuple):
                found += part
            elif isinstance(part, EXPRESSIONS):
                yield part
                found += [getattr(part, name) for name in part.__struct_fields__]


EXPRESSIONS = (
    *(s.Attribute, s.Await, s.Choice, s.Comparison, s.Comprehension, s.Display, s.Item, s.Joined, s.Mapping),
    *(s.Negation, s.Operation, s.Spread),
)
