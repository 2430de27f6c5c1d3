"""Which functions may write rows, themselves or through what they call."""

from __future__ import annotations

from celery_lint.facts import schema as s
from celery_lint.knowledge import django
from celery_lint.project.evaluate import Evaluator
from celery_lint.project.program import Place, Program
from celery_lint.project.values import (
    UNKNOWN,
    ClassValue,
    External,
    ExternalMethod,
    FunctionValue,
    Instance,
    Literal,
    Manager,
    Method,
    QuerySet,
    Rows,
    TaskMethod,
    TupleValue,
    Value,
)
from celery_lint.project.view import FileView, last_name, within

__all__ = ["Writers"]

WRITES = django.WRITE_METHODS | {
    *("add", "aupdate", "clear", "execute", "executemany", "form_valid", "perform_create", "perform_destroy"),
    *("perform_update", "remove", "send", "send_robust", "set", "update"),
}
"""Methods that write where their object is not known; a signal that is sent may be received by what writes."""

BEGINNINGS = ("bulk_", "create", "delete", "get_or_create", "save", "update")
"""How names of functions begin that write where nothing else is known of them."""

ELSEWHERE = ("django.core.cache.", "django.core.files.", "django.contrib.messages.", "logging.")
"""Where what is named like a write leaves the database alone."""

DEEPEST = 12


class Writers:
    """Answers once for each function; a function that calls itself writes nothing by that."""

    CALLING_ITSELF = False

    def __init__(self, program: Program, evaluator: Evaluator) -> None:
        self.program = program
        self.evaluator = evaluator
        self._known: dict[tuple[str, int], bool] = {}

    def may_write(self, path: str, scope: int, depth: int = 0) -> bool:
        """False when nothing that the function calls, as far as the project's text goes, writes a row."""
        key = (path, scope)
        if key not in self._known:
            self._known[key] = self.CALLING_ITSELF
            self._known[key] = depth > DEEPEST or self._any_write(path, scope, depth)
        return self._known[key]

    def _any_write(self, path: str, scope: int, depth: int) -> bool:
        view = self.program.view(path)
        scopes = view.facts.scopes
        return any(self.is_write(view, call, depth) for call in view.facts.calls if within(scopes, call.scope, scope))

    def is_write(self, view: FileView, call: s.Call, depth: int) -> bool:
        """Whether a call writes, itself or through what it runs; `depth` is how many calls led to it."""
        place = self.program.place_of_call(view.path, call)
        callee = self.evaluator.value(call.func, place)
        name = last_name(call.func)
        functions = self.functions(callee, name) if not is_inherited(view, call, callee) else []
        if functions:
            return any(self.may_write(each.path, each.scope, depth + 1) for each in functions)
        if isinstance(callee, ClassValue | TaskMethod) or name == "":
            return False
        if isinstance(callee, External):
            return name.startswith(BEGINNINGS) and not callee.name.startswith(ELSEWHERE)
        if not isinstance(call.func, s.Attribute):
            return name.startswith(BEGINNINGS)
        if is_super(view, call.func.base):
            return name in django.VIEW_HOOKS or name in WRITES
        if name not in WRITES and not name.startswith(BEGINNINGS):
            return False
        base = self.evaluator.value(call.func.base, place)
        if base == UNKNOWN and self._is_of_collection(name, call, call.func.base, place):
            return False
        return self._may_hold_rows(base)

    def functions(self, callee: Value, name: str) -> list[FunctionValue]:
        """What of the project a call may run: a method of an object may be one of a class below its own."""
        classes = self.evaluator.classes
        if isinstance(callee, FunctionValue):
            return [callee]
        if isinstance(callee, ClassValue) and not classes.is_model(callee):
            made = classes.method(callee, "__init__")
            return [made] if made is not None else []
        if not isinstance(callee, Method | ExternalMethod):
            return []
        own = [callee.function] if isinstance(callee, Method) else []
        receiver = callee.receiver
        if not isinstance(receiver, Instance) or receiver.exact or not isinstance(receiver.cls, ClassValue):
            return own
        below = (classes.own_function(child, name) for child in classes.children(receiver.cls))
        return [*own, *(each for each in below if each is not None)]

    def _is_of_collection(self, name: str, call: s.Call, base: s.Expr, place: Place) -> bool:
        """Whether it is how sets and dicts are changed: related managers are attributes, querysets take keywords."""
        if name == "update" and len(call.args) == 1:
            given = self.evaluator.value(call.args[0], place)
            if isinstance(given, Literal) and given.kind == "dict":
                return True
        if not isinstance(base, s.Name):
            return False
        return name in ("add", "clear", "remove", "set") or (name == "update" and bool(call.args))

    def _may_hold_rows(self, base: Value) -> bool:
        """Whether a method of the object may be about the database: it is not a dict, a list or a cache."""
        if isinstance(base, Manager | QuerySet):
            return True
        if isinstance(base, Literal | Rows | TupleValue):
            return False
        named = base.receiver if isinstance(base, ExternalMethod) else base
        cls = named.cls if isinstance(named, Instance) else named
        return not (isinstance(cls, External) and cls.name.startswith(ELSEWHERE))


def is_inherited(view: FileView, call: s.Call, callee: Value) -> bool:
    """Whether `super()` finds what no class of the project defines: none of those below can be meant."""
    return isinstance(callee, ExternalMethod) and isinstance(call.func, s.Attribute) and is_super(view, call.func.base)


def is_super(view: FileView, expr: s.Expr) -> bool:
    call = view.call(expr)
    return call is not None and call.func == s.Name("super")
