"""Expressions to values: names, attributes, displays. Calls are in `results`, definitions in `definitions`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from celery_lint.facts import schema as s
from celery_lint.knowledge import celery as celery_knowledge
from celery_lint.knowledge import django
from celery_lint.project import moments
from celery_lint.project.classes import Classes
from celery_lint.project.conventions import Conventions
from celery_lint.project.definitions import Definitions
from celery_lint.project.names import Names, join
from celery_lint.project.program import Place, Program
from celery_lint.project.results import Results
from celery_lint.project.values import (
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
    Property,
    QuerySet,
    Rows,
    Signature,
    TaskDecorator,
    TaskMethod,
    TaskValue,
    TupleValue,
    Value,
    one_of_several,
)
from celery_lint.project.view import Definition, FileView

__all__ = ["Evaluator"]

DEEPEST = 400
"""How many evaluations may nest before the answer is "unknown"."""

TASK_METHODS = celery_knowledge.SEND_METHODS | celery_knowledge.COMMIT_METHODS
T = TypeVar("T")
DEFAULT_MANAGERS = ("objects", "_default_manager", "_base_manager")
RELATED_ONE = ("ForeignKey", "OneToOneField", "ParentalKey", "TreeForeignKey")
RELATED_MANY = ("ManyToManyField", "ParentalManyToManyField")
REQUEST = External("django.http.HttpRequest")
USER = External("django.contrib.auth.models.User")
ANY_MODEL = External("django.db.models.Model")


class Evaluator:
    """Answers are remembered unless a cycle or the depth limit cut them short."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.names = Names(program, self)
        self.classes = Classes(program, self)
        self.results = Results(program, self)
        self.definitions = Definitions(program, self)
        self.conventions = Conventions(program, self)
        self._known: dict[object, Any] = {}
        self._running: set[object] = set()
        self._cuts = 0

    def once(self, key: object, compute: Callable[..., Value], *args: Any) -> Value:
        """The value for the key, computed once; `UNKNOWN` while it is being computed or when too deep."""
        unknown: Value = UNKNOWN
        return self.remember(key, unknown, compute, *args)

    def remember(self, key: object, fallback: T, compute: Callable[..., T], *args: Any) -> T:
        """What `compute` gives, kept unless a cycle cut it short: then the answer holds only where it was asked."""
        if key in self._known:
            known: T = self._known[key]
            return known
        if key in self._running or len(self._running) > DEEPEST:
            self._cuts += 1
            return fallback
        self._running.add(key)
        cuts = self._cuts
        try:
            value = compute(*args)
        finally:
            self._running.discard(key)
        if self._cuts == cuts or not self._running:
            self._known[key] = value
        return value

    # Expressions

    def value(self, expr: s.Expr | None, place: Place) -> Value:
        if isinstance(expr, s.Name):
            key = ("name", place.path, place.scope, place.frame, place.order, expr.id)
            return self.once(key, self.names.value, expr.id, place)
        if isinstance(expr, s.CallRef):
            return self.once(("call", place.path, expr.index), self.results.of_call, place.path, expr.index)
        if isinstance(expr, s.Attribute):
            return self.attribute_of(expr, place)
        if isinstance(expr, s.Constant):
            return Literal(expr.kind, expr.value)
        return self._other(expr, place)

    def _other(self, expr: s.Expr | None, place: Place) -> Value:
        if isinstance(expr, s.Display):
            items = tuple(self.value(item, place) for item in expr.items)
            return TupleValue(items) if expr.kind == "tuple" else Rows(join(items) if items else UNKNOWN, expr.kind)
        if isinstance(expr, s.LambdaRef):
            return LambdaValue(place.path, expr.scope)
        if isinstance(expr, s.Comprehension):
            frame = self.program.view(place.path).facts.frames[expr.frame]
            inner = Place(place.path, place.scope, expr.frame, max(place.order, frame.order + 1))
            return Rows(self.value(expr.element, inner), expr.kind)
        if isinstance(expr, s.Choice):
            options = expr.options[-1:] if expr.kind == "and" else expr.options
            return join(self.value(option, place) for option in options)
        if isinstance(expr, s.Await):
            return self.value(expr.value, place)
        if isinstance(expr, s.Joined):
            return Literal("str")
        if isinstance(expr, s.Mapping):
            return Literal("dict")
        if isinstance(expr, s.Comparison | s.Negation):
            return Literal("bool")
        if isinstance(expr, s.Operation):
            return self._operation(expr, place)
        if isinstance(expr, s.Item):
            return self._item(expr, place)
        return UNKNOWN

    def _operation(self, expr: s.Operation, place: Place) -> Value:
        left = self.value(expr.left, place)
        if expr.operator == "|":
            right = self.value(expr.right, place)
            tasks = tuple(t for v in (left, right) if isinstance(v, Signature) for t in v.tasks)
            if isinstance(left, Signature) or isinstance(right, Signature):
                return Signature("chain", tasks)
            if isinstance(left, QuerySet):
                return left
        if expr.operator == "%" and isinstance(left, Literal) and left.kind == "str":
            return Literal("str")
        moment = moments.of_operation(expr.operator, left, self.value(expr.right, place))
        if moment is not None:
            return moment
        if expr.operator == "+":
            right = self.value(expr.right, place)
            if isinstance(left, Literal) and isinstance(right, Literal):
                if isinstance(left.value, str) and isinstance(right.value, str):
                    return Literal("str", left.value + right.value)
                return Literal(left.kind)
        return UNKNOWN

    def _item(self, expr: s.Item, place: Place) -> Value:
        base = self.value(expr.base, place)
        if isinstance(base, QuerySet) and isinstance(expr.index, s.Other):
            return base
        if isinstance(base, QuerySet) and base.rows == "instances":
            return Instance(base.model) if isinstance(expr.index, s.Constant) else UNKNOWN
        if isinstance(base, TupleValue) and isinstance(expr.index, s.Constant):
            return self.unpack(base, (expr.index.value,))
        if isinstance(base, Rows):
            return base if isinstance(expr.index, s.Other) else base.element
        if isinstance(base, ExternalMethod) and base.name == "tasks" and isinstance(expr.index, s.Constant):
            return self.results.named_task(expr.index.value)
        return UNKNOWN

    def unpack(self, value: Value, path: tuple[object, ...]) -> Value:
        for index in path:
            if (
                isinstance(value, TupleValue)
                and isinstance(index, int)
                and -len(value.items) <= index < len(value.items)
            ):
                value = value.items[index]
            elif isinstance(value, Rows):
                value = value.element
            else:
                return UNKNOWN
        return value

    def element(self, value: Value) -> Value:
        """What iterating over the value gives."""
        if isinstance(value, QuerySet):
            return Instance(value.model) if value.rows == "instances" else UNKNOWN
        if isinstance(value, Rows):
            return value.element
        if isinstance(value, TupleValue):
            return join(value.items) if value.items else UNKNOWN
        return UNKNOWN

    # Attributes

    def attribute_of(self, expr: s.Attribute, place: Place) -> Value:
        view = self.program.view(place.path)
        call = view.call(expr.base)
        if call is not None and isinstance(call.func, s.Name) and call.func.id == "super":
            return self.super_attribute(view, call, expr.name)
        base = self.value(expr.base, place)
        if isinstance(base, Instance | ClassValue) and isinstance(expr.base, s.Name):
            found = self._assigned_here(view, f"{expr.base.id}.{expr.name}", place)
            if found is not None:
                return found
        return self.attribute(base, expr.name)

    def _assigned_here(self, view: FileView, target: str, place: Place) -> Value | None:
        """The value an earlier `order.customer = …` or `self.object = …` of the same function gave."""
        earlier = [
            b
            for b in view.paths.get(target, ())
            if b.scope == place.scope and b.order < place.order and b.kind in ("assign", "annotated")
        ]
        if not earlier or earlier[-1].value is None:
            return None
        value = self.definitions.of_binding(view, earlier[-1])
        return None if value == UNKNOWN or len(earlier) > 1 else value

    def super_attribute(self, view: FileView, call: s.Call, name: str) -> Value:
        function = self.method_scope(view, call.scope)
        if function is None:
            return UNKNOWN
        cls = ClassValue(view.path, view.class_of(function))
        found = self.classes.method(cls, name, after=cls)
        receiver = Instance(cls, exact=False)
        if found is not None:
            return self._bound(receiver, found)
        return ExternalMethod(receiver, name)

    def method_scope(self, view: FileView, scope: int) -> int | None:
        """The method that a scope is, or is nested in."""
        while scope > 0:
            if view.class_of(scope) > 0:
                return scope
            scope = view.facts.scopes[scope].parent
        return None

    def attribute(self, base: Value, name: str) -> Value:
        if isinstance(base, ModuleValue):
            return self.member(base.path, name)
        if isinstance(base, External):
            return self._external_attribute(base, name)
        if isinstance(base, ClassValue):
            return self.once(("class attribute", base, name), self._class_attribute, base, name)
        if isinstance(base, Instance):
            if name == "__class__":
                return base.cls
            if isinstance(base.cls, External):
                return self._external_instance(base, name)
            return self.once(("attribute", base.cls, name), self._instance_attribute, base, name)
        if isinstance(base, TaskValue | Signature):
            if name in TASK_METHODS:
                return TaskMethod(base, name)
            return ExternalMethod(base, name)
        if isinstance(base, Manager | QuerySet):
            found = self.classes.method(base.cls, name) if base.cls else None
            if found is not None and base.cls is not None:
                return Method(Instance(base.cls), found)
            return ExternalMethod(base, name)
        if isinstance(base, ExternalMethod) and base.name == "user" and isinstance(base.receiver, Instance):
            return self.attribute(Instance(USER), name)
        if isinstance(
            base, Moment | ParameterValue | ExternalMethod | TaskMethod | FunctionValue | Partial | AtomicBlock
        ):
            return ExternalMethod(base, name)
        return UNKNOWN

    def member(self, path: str, name: str) -> Value:
        return self.once(("member", path, name), self.names.member, path, name)

    def _external_attribute(self, base: External, name: str) -> Value:
        full = f"{base.name}.{name}"
        if name in DEFAULT_MANAGERS and self.classes.is_model(base):
            return Manager(base)
        if base.name in celery_knowledge.CURRENT_APPS:
            return self._app_attribute(base, name)
        path = self.program.sources.find_module(full, "")
        return ModuleValue(path) if path else External(full)

    def _app_attribute(self, app: Value, name: str) -> Value:
        if name == "task":
            return TaskDecorator("app")
        if name == "Task":
            return External("celery.current_app.Task")
        return ExternalMethod(app, name)

    def _class_attribute(self, cls: ClassValue, name: str) -> Value:
        function = self.classes.method(cls, name)
        if function is not None:
            value = self.definitions.of_scope(function.path, function.scope)
            if isinstance(value, FunctionValue):
                return Method(cls, FunctionValue(value.path, value.scope, function.flavour))
            return value
        for owner, binding in self.classes.attributes(cls, name):
            value = self.definitions.of_binding(self.program.view(owner.path), binding)
            if isinstance(value, Instance) and self.classes.is_manager(value.cls):
                return Manager(cls, value.cls if isinstance(value.cls, ClassValue) else None)
            if name in DEFAULT_MANAGERS and self.classes.is_model(cls):
                return Manager(cls)
            return value
        for base in self.classes.order(cls):
            inner = self.classes.own_class(base, name) if isinstance(base, ClassValue) else None
            if inner is not None:
                return inner
        if name in DEFAULT_MANAGERS and self.classes.is_model(cls):
            return Manager(cls)
        if self.classes.is_task_class(cls):
            return self.attribute(TaskValue(cls.path, cls.scope), name)
        return ExternalMethod(cls, name) if name in ("as_manager", "from_queryset") else UNKNOWN

    def _instance_attribute(self, base: Instance, name: str) -> Value:
        cls = base.cls
        assert isinstance(cls, ClassValue)
        if name == "task" and self._is_app(cls):  # An app that overrides it makes tasks by it all the same.
            return self._app_attribute(base, name)
        function = self.classes.method(cls, name)
        if function is not None:
            return self._bound(base, function)
        if self._is_app(cls):
            return self._app_attribute(base, name)
        if self.classes.is_task_class(cls) and name in TASK_METHODS | celery_knowledge.SIGNATURE_METHODS:
            return self.attribute(TaskValue(cls.path, cls.scope, is_certain=base.exact), name)
        if name == "request" and (self.classes.is_view(cls) or self.classes.is_form(cls)):
            return Instance(REQUEST)
        related = self.field(cls, name)
        if related is not None:
            return related
        assigned = [
            self.definitions.of_binding(self.program.view(owner.path), binding)
            for owner, binding in self.classes.self_bindings(cls, name)
        ]
        if assigned:
            return join(assigned)
        for owner, binding in self.classes.attributes(cls, name):
            value = self.definitions.of_binding(self.program.view(owner.path), binding)
            return value if base.exact else one_of_several(value)
        if self.classes.is_model(cls):
            related_model = self.classes.related_from(cls, name)
            if related_model is not None:
                return Manager(related_model)
        if name == "object" and self.classes.is_view(cls):
            return self.conventions.view_object(cls)
        if name == "instance" and (self.classes.is_form(cls) or self.classes.is_serializer(cls)):
            model = self.classes.meta_model(cls)
            return Instance(model) if model is not None and self.classes.is_model(model) else UNKNOWN
        return ExternalMethod(base, name)

    def _is_app(self, cls: ClassValue) -> bool:
        return self.classes.inherits(cls, celery_knowledge.APPS)

    def _bound(self, receiver: Instance, function: FunctionValue) -> Value:
        value = self.definitions.of_scope(function.path, function.scope)
        if isinstance(value, Property):
            return self.results.of_function(value.function)
        if isinstance(value, FunctionValue):
            return Method(receiver, FunctionValue(value.path, value.scope, function.flavour))
        return value

    def field(self, cls: ClassValue, name: str) -> Value | None:
        """What a model's relation field holds: an instance, or a manager of many."""
        for owner, binding in self.classes.attributes(cls, name):
            view = self.program.view(owner.path)
            call = view.call(binding.value)
            if call is None:
                return None
            place = self.program.place_of_call(owner.path, call)
            field = self.value(call.func, place)
            if not isinstance(field, External) or not field.name.endswith(RELATED_ONE + RELATED_MANY):
                return None
            target = self._related_model(view, call, owner)
            return Manager(target) if field.name.endswith(RELATED_MANY) else Instance(target)
        return None

    def _related_model(self, view: FileView, call: s.Call, owner: ClassValue) -> ClassValue | External:
        expr = view.argument(call, 0, "to")
        value = self.value(expr, self.program.place_of_call(view.path, call))
        if isinstance(value, ClassValue | External) and self.classes.is_model(value):
            return value
        if isinstance(value, Literal) and isinstance(value.value, str):
            if value.value == "self":
                return owner
            name = value.value.rpartition(".")[2]
            near = self.member(view.path, name)
            if isinstance(near, ClassValue):
                return near
            return self.results.model_named(name)
        return ANY_MODEL

    def _external_instance(self, base: Instance, name: str) -> Value:
        assert isinstance(base.cls, External)
        if base.cls.name in celery_knowledge.APPS | celery_knowledge.CURRENT_APPS:
            return self._app_attribute(base, name)
        if base.cls == REQUEST and name == "user":
            return Instance(USER)
        return ExternalMethod(base, name)

    # Definitions

    def define(self, view: FileView, scope: int, entry: Definition) -> Value:
        if entry.binding is not None:
            return self.definitions.of_binding(view, entry.binding)
        if entry.imported is not None:
            return self.names.imported(view, entry.imported)
        if entry.scope >= 0:
            return self.definitions.of_scope(view.path, entry.scope)
        return self.definitions.of_parameter(view, scope, entry.parameter)

    def is_model_instance(self, value: Value) -> bool:
        return isinstance(value, Instance) and self.classes.is_model(value.cls)

    def is_on_commit(self, value: Value) -> bool:
        return isinstance(value, External) and value.name in django.ON_COMMIT
