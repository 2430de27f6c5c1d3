"""What calling something gives."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from celery_lint.facts import schema as s
from celery_lint.knowledge import celery as celery_knowledge
from celery_lint.knowledge import django
from celery_lint.project import moments
from celery_lint.project.names import join
from celery_lint.project.program import Place, Program
from celery_lint.project.values import (
    SOME_DATABASE,
    UNKNOWN,
    AtomicBlock,
    ClassValue,
    External,
    ExternalMethod,
    FunctionValue,
    Instance,
    LambdaValue,
    Literal,
    Manager,
    Method,
    ModuleValue,
    Moment,
    ParameterValue,
    Partial,
    QuerySet,
    Rows,
    Signature,
    TaskDecorator,
    TaskMethod,
    TaskValue,
    TupleValue,
    Value,
)
from celery_lint.project.view import FileView

if TYPE_CHECKING:
    from celery_lint.project.evaluate import Evaluator

__all__ = ["Results"]

APP = Instance(External("celery.Celery"))
ANY_MODEL = External("django.db.models.Model")
ASYNC_RESULT = Instance(External("celery.result.AsyncResult"))
USER = External("django.contrib.auth.models.User")
SAME = frozenset({"copy.copy", "copy.deepcopy", "builtins.reversed", "asgiref.sync.async_to_sync"})
WRAPPED = frozenset(
    {
        "asgiref.sync.sync_to_async",
        "channels.db.database_sync_to_async",
        "django.utils.decorators.method_decorator",
        "functools.wraps",
        "typing.cast",
    }
)
COLLECTIONS = {
    "builtins.list": "list",
    "builtins.tuple": "tuple",
    "builtins.sorted": "list",
    "builtins.set": "set",
    "builtins.frozenset": "frozenset",
    "builtins.iter": "iterator",
}
SCALARS = frozenset(f"builtins.{name}" for name in ("str", "int", "float", "bool", "dict", "len", "repr", "bytes"))
NUMBERS = frozenset({"aggregate", "count", "delete", "exists", "update", "bulk_update", "in_bulk", "contains"})
SIGNATURE_CHANGES = frozenset({"set", "clone", "on_error", "replace", "stamp", "partial"})


class Results:
    def __init__(self, program: Program, evaluator: Evaluator) -> None:
        self.program = program
        self.evaluator = evaluator
        self.task_names: dict[str, TaskValue] = {}
        """Registered name → task; filled in once the project's tasks are known."""

    def of_call(self, path: str, index: int) -> Value:
        view = self.program.view(path)
        call = view.facts.calls[index]
        place = self.program.place_of_call(path, call)
        if isinstance(call.func, s.Name) and call.func.id == "getattr" and len(call.args) > 1:
            name = self.evaluator.value(call.args[1], place)
            if isinstance(name, Literal) and isinstance(name.value, str):
                return self.evaluator.attribute(self.evaluator.value(call.args[0], place), name.value)
        return self.of_calling(self.evaluator.value(call.func, place), view, index, place)

    def of_calling(self, callee: Value, view: FileView, index: int, place: Place) -> Value:
        call = view.facts.calls[index]
        if isinstance(callee, External):
            return self._external(callee.name, view, index, place)
        if isinstance(callee, TaskDecorator):
            return self._decorate(callee, view, index, place)
        if isinstance(callee, ClassValue):
            return Instance(callee)
        if isinstance(callee, FunctionValue | LambdaValue):
            return self._given_back(self.of_function(callee), callee, 0, view, call, place)
        if isinstance(callee, Method):
            shift = 0 if callee.function.flavour == "static" else 1
            return self._given_back(self._method(callee, 0), callee.function, shift, view, call, place)
        if isinstance(callee, ExternalMethod):
            return self._external_method(callee, view, call, place)
        if isinstance(callee, TaskMethod):
            return ASYNC_RESULT if callee.name in celery_knowledge.SEND_METHODS else Literal("NoneType")
        if isinstance(callee, TaskValue) and callee.path:
            return self.of_function(FunctionValue(callee.path, callee.scope))
        if isinstance(callee, Partial):
            return self.of_calling(callee.callee, view, index, place)
        if isinstance(callee, Instance) and isinstance(callee.cls, ClassValue):
            method = self.evaluator.classes.method(callee.cls, "__call__")
            return self.of_function(method) if method else UNKNOWN
        if isinstance(callee, Signature) and callee.kind == "chord":
            return Signature("chord", callee.tasks)
        return UNKNOWN

    # The project's own functions

    def of_function(self, function: FunctionValue | LambdaValue) -> Value:
        return self.evaluator.once(("result", function.path, function.scope), self._of_function, function)

    def _of_function(self, function: FunctionValue | LambdaValue) -> Value:
        view = self.program.view(function.path)
        if function.scope >= len(view.facts.scopes):
            return UNKNOWN
        record = view.facts.scopes[function.scope]
        place = Place(function.path, record.parent, record.outer, record.order)
        if record.kind == "lambda":
            inside = Place(function.path, function.scope, record.frame, record.order + (1 << 20))
            return self.evaluator.value(record.body, inside)
        if record.returns is not None:
            value = self.evaluator.definitions.of_annotation(record.returns, place)
            if value != UNKNOWN:
                return value
        if record.is_generator:
            return UNKNOWN
        items = [item for item in view.returns_by_scope.get(function.scope, ()) if item.kind == "return"]
        values = [
            self.evaluator.value(item.value, Place(function.path, function.scope, item.frame, item.order))
            for item in items
            if item.value is not None
        ]
        return join(values) if values else Literal("NoneType")

    def _given_back(
        self,
        value: Value,
        function: FunctionValue | LambdaValue,
        shift: int,
        view: FileView,
        call: s.Call,
        place: Place,
    ) -> Value:
        """What a function that returns one of its parameters was given for it."""
        if not isinstance(value, ParameterValue) or (value.path, value.scope) != (function.path, function.scope):
            return value
        parameters = self.program.view(value.path).facts.scopes[value.scope].parameters
        expr = view.argument_for(call, parameters, value.name, shift)
        return self.evaluator.value(expr, place) if expr is not None else UNKNOWN

    def _method(self, method: Method, depth: int) -> Value:
        value = self.of_function(method.function)
        if value == UNKNOWN and isinstance(method.receiver, Instance) and depth < 6:
            value = self._through_super(method.function, method.receiver, depth)
        if isinstance(method.receiver, Instance) and isinstance(value, Instance) and not value.exact:
            cls = method.receiver.cls
            if isinstance(cls, ClassValue) and self.evaluator.classes.is_subclass(cls, value.cls):
                return Instance(cls, method.receiver.exact)
        return value

    def _through_super(self, function: FunctionValue, receiver: Instance, depth: int) -> Value:
        """The value of a mixin's `return super().save()`, which depends on the class that the mixin is used in."""
        view = self.program.view(function.path)
        name = view.facts.scopes[function.scope].name
        cls, owner = receiver.cls, ClassValue(function.path, view.class_of(function.scope))
        if not isinstance(cls, ClassValue) or not self._returns_super(view, function.scope, name):
            return UNKNOWN
        found = self.evaluator.classes.method(cls, name, after=owner)
        if found is not None:
            return self._method(Method(receiver, found), depth + 1)
        return self.evaluator.conventions.inherited(cls, name)

    def _returns_super(self, view: FileView, scope: int, name: str) -> bool:
        """Whether every return gives what `super().name(…)` gave."""
        returns = [item.value for item in view.returns_by_scope.get(scope, ()) if item.kind == "return"]
        for value in returns:
            call = view.call(value)
            if call is None and isinstance(value, s.Name):
                entries = view.definitions.get((scope, value.id), [])
                binding = entries[0].binding if len(entries) == 1 else None
                call = view.call(binding.value) if binding is not None else None
            if call is None or not isinstance(call.func, s.Attribute) or call.func.name != name:
                return False
            base = view.call(call.func.base)
            if base is None or not isinstance(base.func, s.Name) or base.func.id != "super":
                return False
        return bool(returns)

    # Celery

    def is_task_decorator(self, value: External) -> bool:
        return value.name in celery_knowledge.TASK_DECORATORS or looks_like_app_task(value.name)

    def _decorate(self, decorator: TaskDecorator, view: FileView, index: int, place: Place) -> Value:
        call = view.facts.calls[index]
        given = self.evaluator.value(call.args[0], place) if call.args else UNKNOWN
        if isinstance(given, FunctionValue):
            return TaskValue(given.path, given.scope, "", decorator.calls, decorator.app)
        if isinstance(given, LambdaValue):
            return TaskValue(given.path, given.scope, "", decorator.calls, decorator.app)
        return TaskDecorator(decorator.app, (*decorator.calls, (view.path, index)))

    def _canvas(self, kind: str, call: s.Call, place: Place) -> Value:
        tasks: list[TaskValue] = []
        for arg in call.args:
            value = self.evaluator.value(arg.value if isinstance(arg, s.Spread) else arg, place)
            tasks += self._tasks_in(value)
        if kind == "signature" and call.args:
            value = self.evaluator.value(call.args[0], place)
            if isinstance(value, Literal) and isinstance(value.value, str):
                named = self.named_task(value.value)
                return Signature(kind, (named,) if isinstance(named, TaskValue) else ())
            if not tasks:
                return UNKNOWN
        return Signature(kind, tuple(tasks))

    def _tasks_in(self, value: Value) -> list[TaskValue]:
        if isinstance(value, TaskValue):
            return [value]
        if isinstance(value, Signature):
            return list(value.tasks)
        if isinstance(value, Rows):
            return self._tasks_in(value.element)
        if isinstance(value, TupleValue):
            return [task for item in value.items for task in self._tasks_in(item)]
        return []

    def named_task(self, name: object) -> Value:
        if not isinstance(name, str):
            return UNKNOWN
        return self.task_names.get(name) or TaskValue("", -1, name)

    # Names from elsewhere

    def _external(self, name: str, view: FileView, index: int, place: Place) -> Value:
        call = view.facts.calls[index]
        value = self.evaluator.value
        first = call.args[0] if call.args else None
        if name in django.ATOMIC:
            return self._atomic(view, call, place)
        if name in celery_knowledge.TASK_DECORATORS or looks_like_app_task(name):
            return self._decorate(TaskDecorator("app" if name.endswith(".app.task") else ""), view, index, place)
        if name in celery_knowledge.APPS:
            return APP
        if name in celery_knowledge.CANVAS:
            return self._canvas(celery_knowledge.CANVAS[name], call, place)
        if name in ("functools.partial", "functools.partialmethod") and first is not None:
            return Partial(value(first, place), view.path, index)
        if name in WRAPPED or name in SAME:
            return value(call.args[-1] if name == "typing.cast" else first, place)
        if name in COLLECTIONS:
            element = self.evaluator.element(value(first, place)) if first is not None else UNKNOWN
            return Rows(element, COLLECTIONS[name])
        if name == "builtins.zip":
            return Rows(TupleValue(tuple(self.evaluator.element(value(arg, place)) for arg in call.args)), "zip")
        if name == "builtins.enumerate" and first is not None:
            return Rows(TupleValue((Literal("int"), self.evaluator.element(value(first, place)))), "enumerate")
        if name in ("builtins.range", "builtins.map", "builtins.filter"):
            return Rows(UNKNOWN, name.removeprefix("builtins."))
        if name in SCALARS or name == "builtins.isinstance":
            return Literal(name.rpartition(".")[2])
        moment = moments.made(name, call, lambda expr: value(expr, place))
        if moment is not None:
            return moment
        if name == "builtins.type" and first is not None and len(call.args) == 1:
            given = value(first, place)
            return given.cls if isinstance(given, Instance) else UNKNOWN
        return self._external_django(name, view, call, place)

    def _external_django(self, name: str, view: FileView, call: s.Call, place: Place) -> Value:
        first = self.evaluator.value(call.args[0], place) if call.args else UNKNOWN
        last = name.rpartition(".")[2]
        if last in ("get_object_or_404", "aget_object_or_404", "get_list_or_404"):
            model = self.model_of(first)
            if model is None:
                return UNKNOWN
            return Rows(Instance(model)) if last == "get_list_or_404" else Instance(model)
        if name == "django.contrib.auth.get_user_model":
            return USER
        if name.endswith("apps.get_model"):
            named = view.argument(call, 1, "model_name") or view.argument(call, 0, "app_label")
            return self._model_spelt(self.evaluator.value(named, place))
        if name == "swapper.load_model":
            return self._model_spelt(self.evaluator.value(view.argument(call, 1, "model"), place))
        if last == "from_queryset" and isinstance(first, ClassValue):
            return first
        if last in ("import_string", "import_module") and isinstance(first, Literal):
            return self._dotted(str(first.value), view.path) if first.value else UNKNOWN
        if last[:1].isupper() and not last.isupper():
            return Instance(External(name))
        return UNKNOWN

    def _model_spelt(self, name: Value) -> Value:
        """The model that a string names, as "shop.Order" or "Order"."""
        if isinstance(name, Literal) and isinstance(name.value, str):
            return self.model_named(name.value.rpartition(".")[2])
        return ANY_MODEL

    def _dotted(self, name: str, importer: str) -> Value:
        path = self.program.sources.find_module(name, importer)
        if path is not None:
            return ModuleValue(path)
        module, _, member = name.rpartition(".")
        path = self.program.sources.find_module(module, importer)
        return self.evaluator.member(path, member) if path else External(name)

    def _atomic(self, view: FileView, call: s.Call, place: Place) -> Value:
        """`atomic(fn)` decorates; all else is a block. reversion's opens one unless told `atomic=False`."""
        for keyword in call.keywords:
            given = self.evaluator.value(keyword.value, place)
            if keyword.name == "atomic" and given == Literal("bool", False):
                return UNKNOWN
        expr = view.argument(call, 0, "using")
        if expr is None:
            return AtomicBlock()
        given = self.evaluator.value(expr, place)
        if isinstance(given, FunctionValue | Method | LambdaValue):
            return Partial(AtomicBlock(), view.path, view.call_index[call.span])
        if isinstance(given, Literal):
            return AtomicBlock(None if given.value in (None, "default") else str(given.value))
        return AtomicBlock(SOME_DATABASE)

    # Managers, querysets, signatures

    def _external_method(self, method: ExternalMethod, view: FileView, call: s.Call, place: Place) -> Value:
        receiver, name = method.receiver, method.name
        if isinstance(receiver, Manager | QuerySet):
            return self._query(receiver, name)
        if isinstance(receiver, Moment):
            return moments.of_method(receiver, name, call) or UNKNOWN
        if isinstance(receiver, TaskValue):
            if name in celery_knowledge.SIGNATURE_METHODS:
                return Signature("signature", (receiver,))
            if name in ("map", "starmap", "chunks"):
                return Signature(name, (receiver,))
            if name == "run" and receiver.path:
                return self.of_function(FunctionValue(receiver.path, receiver.scope))
            return UNKNOWN
        if isinstance(receiver, Signature):
            if name in ("group", "skew"):
                return Signature("group", receiver.tasks)
            return receiver if name in SIGNATURE_CHANGES else UNKNOWN
        if isinstance(receiver, ParameterValue) and name in celery_knowledge.SIGNATURE_METHODS | SIGNATURE_CHANGES:
            return receiver  # a signature of whatever task the caller gives
        if isinstance(receiver, ClassValue):
            return Instance(receiver) if name == "as_manager" else receiver
        if self.is_app(receiver):
            return self._app_method(name, call, place)
        if isinstance(receiver, Instance) and isinstance(receiver.cls, ClassValue):
            if name == "get_model" and self.evaluator.classes.inherits(receiver.cls, django.APP_CONFIGS):
                return self._model_spelt(self.evaluator.value(view.argument(call, 0, "model_name"), place))
            return self.evaluator.conventions.inherited(receiver.cls, name)
        return UNKNOWN

    def is_app(self, value: Value) -> bool:
        """Whether it is a Celery app, or stands for the current one."""
        if isinstance(value, External):
            return value.name in celery_knowledge.CURRENT_APPS
        return isinstance(value, Instance) and self.evaluator.classes.inherits(value.cls, celery_knowledge.APPS)

    def _app_method(self, name: str, call: s.Call, place: Place) -> Value:
        first = self.evaluator.value(call.args[0], place) if call.args else UNKNOWN
        if name in ("signature", "subtask"):
            return self._canvas("signature", call, place)
        if name == "register_task":
            cls = first.cls if isinstance(first, Instance) else first
            return TaskValue(cls.path, cls.scope) if isinstance(cls, ClassValue) else UNKNOWN
        if name == "send_task":
            return ASYNC_RESULT
        if name in celery_knowledge.CANVAS.values():
            return self._canvas(name, call, place)
        return UNKNOWN

    def _query(self, receiver: Manager | QuerySet, name: str) -> Value:
        rows = receiver.rows if isinstance(receiver, QuerySet) else "instances"
        if name in django.INSTANCE_METHODS:
            return Instance(receiver.model) if rows == "instances" else UNKNOWN
        if name in django.PAIR_METHODS:
            return TupleValue((Instance(receiver.model), Literal("bool")))
        if name in django.VALUES_METHODS:
            return QuerySet(receiver.model, "values")
        if name in django.QUERYSET_METHODS:
            return QuerySet(receiver.model, rows, receiver.cls)
        if name in ("iterator", "bulk_create", "aiterator", "raw"):
            return Rows(Instance(receiver.model)) if rows == "instances" else UNKNOWN
        return Literal("int") if name in NUMBERS else UNKNOWN

    def model_of(self, value: Value) -> ClassValue | External | None:
        if isinstance(value, Manager | QuerySet):
            return value.model
        if isinstance(value, ClassValue | External) and self.evaluator.classes.is_model(value):
            return value
        return None

    def model_named(self, name: str) -> ClassValue | External:
        """The one model class of that name in the project; any model when there is none or more than one."""
        any_model: ClassValue | External = ANY_MODEL
        return self.evaluator.remember(("model named", name), any_model, self._model_named, name)

    def _model_named(self, name: str) -> ClassValue | External:
        found = []
        head = re.compile(rf"class\s+{re.escape(name)}(?!\w)".encode())
        for path in self.program.sources.code_containing(name) if name.isidentifier() else ():
            if self.program.sources.has_match(path, head):
                for number, scope in enumerate(self.program.view(path).facts.scopes):
                    cls = ClassValue(path, number)
                    if scope.kind == "class" and scope.name == name and self.evaluator.classes.is_model(cls):
                        found.append(cls)
        return found[0] if len(found) == 1 else ANY_MODEL


def looks_like_app_task(name: str) -> bool:
    """`task` of an app that another package defines: its path has a part `celery`, or names an app."""
    parts = name.split(".")
    if len(parts) < 3 or parts[-1] != "task":
        return False
    return parts[0] != "celery" and ("celery" in parts[:-1] or parts[-2] in ("app", "celery_app"))
