"""What functions, classes, parameters and assignments stand for, decorators and framework conventions included."""

from __future__ import annotations

from typing import TYPE_CHECKING

from celery_lint.facts import schema as s
from celery_lint.project.names import join
from celery_lint.project.program import END, Place, Program
from celery_lint.project.values import (
    UNKNOWN,
    ClassValue,
    External,
    FunctionValue,
    Instance,
    Literal,
    Manager,
    Method,
    ParameterValue,
    Partial,
    Property,
    QuerySet,
    Rows,
    Signature,
    TaskDecorator,
    TaskValue,
    TupleValue,
    Value,
)
from celery_lint.project.view import FileView

if TYPE_CHECKING:
    from celery_lint.project.evaluate import Evaluator

__all__ = ["Definitions"]

PROPERTIES = ("property", "cached_property", "functools.cached_property", "lazy_attribute")
ROWS = (
    "list",
    "List",
    "Iterable",
    "Iterator",
    "Sequence",
    "set",
    "Set",
    "tuple",
    "Tuple",
    "Collection",
    "Generator",
)
APP_METHODS = ("config_from_object", "autodiscover_tasks")


class Definitions:
    def __init__(self, program: Program, evaluator: Evaluator) -> None:
        self.program = program
        self.evaluator = evaluator

    # Functions and classes

    def of_scope(self, path: str, scope: int) -> Value:
        return self.evaluator.once(("scope", path, scope), self._of_scope, path, scope)

    def _of_scope(self, path: str, scope: int) -> Value:
        view = self.program.view(path)
        record = view.facts.scopes[scope]
        if record.kind == "class":
            return ClassValue(path, scope)
        function = FunctionValue(path, scope)
        value: Value = function
        decorators = self.decorators(path, scope)
        for decorator, expr in zip(reversed(decorators), reversed(record.decorators), strict=True):
            value = self.decorated(decorator, value, function)
            call = view.call(expr)
            if value == function and decorator == UNKNOWN and call is not None:
                callee = self.evaluator.value(call.func, self.program.place_of_call(path, call))
                value = self._task_of(self.task_made_by(callee, 0), function) or value
        return value

    def _task_of(self, made: TaskDecorator | None, function: FunctionValue) -> TaskValue | None:
        return TaskValue(function.path, function.scope, "", made.calls, made.app) if made is not None else None

    def decorators(self, path: str, scope: int) -> list[Value]:
        """The values of a function's or class's decorators, the outermost first."""
        record = self.program.view(path).facts.scopes[scope]
        place = Place(path, record.parent, record.outer, record.order)
        return [self.evaluator.value(expr, place) for expr in record.decorators]

    def decorated(self, decorator: Value, value: Value, function: FunctionValue) -> Value:
        """What the decorator makes of the value; one that is not understood is taken to leave it as it is."""
        if isinstance(decorator, TaskDecorator):
            return TaskValue(function.path, function.scope, "", decorator.calls, decorator.app)
        if isinstance(decorator, External):
            if decorator.name.endswith(PROPERTIES):
                return Property(function)
            if self.evaluator.results.is_task_decorator(decorator):
                return TaskValue(function.path, function.scope)
            return value
        return self._task_of(self.task_made_by(decorator, 0), function) or value

    def task_made_by(self, decorator: Value, depth: int) -> TaskDecorator | None:
        """The task decorator that a decorator of the project hands its function to, if it is one."""
        if depth > 4:
            return None
        if isinstance(decorator, TaskDecorator):
            return decorator
        if isinstance(decorator, External) and self.evaluator.results.is_task_decorator(decorator):
            return TaskDecorator()
        if isinstance(decorator, Partial):
            return self.task_made_by(decorator.callee, depth + 1)
        if isinstance(decorator, Instance) and isinstance(decorator.cls, ClassValue):
            method = self.evaluator.classes.method(decorator.cls, "__call__")
            return self._task_made_in(method.path, method.scope, depth) if method else None
        if isinstance(decorator, Method):
            return self._task_made_in(decorator.function.path, decorator.function.scope, depth)
        if isinstance(decorator, FunctionValue):
            return self._task_made_in(decorator.path, decorator.scope, depth)
        return None

    def _task_made_in(self, path: str, scope: int, depth: int) -> TaskDecorator | None:
        """Whether a decorator function may return `shared_task(…)(fn)`, `shared_task(fn)` or a task defined in it,
        itself or through another function of the project that it hands its own on to."""
        view = self.program.view(path)
        if not view.facts.scopes[scope].parameters:
            return None
        for item in view.returns_by_scope.get(scope, ()):
            if item.kind != "return" or item.value is None:
                continue
            call = view.call(item.value)
            if call is None and isinstance(item.value, s.Name):
                call = self._assigned_call(view, item.value.id, scope)
            if call is not None and hands_on_a_name(call):
                callee = self.evaluator.value(call.func, self.program.place_of_call(path, call))
                made = self.task_made_by(callee, depth + 1)
                if made is not None:
                    return made
            value = self.evaluator.value(item.value, Place(path, scope, item.frame, item.order))
            if isinstance(value, TaskValue) and self._is_inside(view, value, scope):
                return TaskDecorator(value.app, value.decorators)
            if isinstance(value, FunctionValue | Partial) and value != FunctionValue(path, scope):
                made = self.task_made_by(value, depth + 1)
                if made is not None:
                    return made
        return None

    def _assigned_call(self, view: FileView, name: str, scope: int) -> s.Call | None:
        for entry in reversed(view.definitions.get((scope, name), [])):
            return view.call(entry.binding.value) if entry.binding is not None else None
        return None

    def _is_inside(self, view: FileView, task: TaskValue, scope: int) -> bool:
        inner = task.scope if task.path == view.path else -1
        while inner > 0:
            inner = view.facts.scopes[inner].parent
            if inner == scope:
                return True
        return False

    # Assignments

    def of_binding(self, view: FileView, binding: s.Binding) -> Value:
        key = ("binding", view.path, binding.scope, binding.order)
        return self.evaluator.once(key, self._of_binding, view, binding)

    def _of_binding(self, view: FileView, binding: s.Binding) -> Value:
        place = Place(view.path, binding.scope, binding.frame, binding.order)
        evaluator = self.evaluator
        if binding.kind == "augmented":
            return self._augmented(binding, place)
        if binding.kind == "except":
            return Instance(External("builtins.Exception"))
        value = evaluator.value(binding.value, place) if binding.value is not None else UNKNOWN
        if binding.kind == "loop":
            value = evaluator.element(value)
        elif binding.kind == "with":
            value = self._entered(value)
        elif binding.kind == "annotated" and value == UNKNOWN and binding.annotation is not None:
            return self.of_annotation(binding.annotation, place)
        elif binding.kind == "match":
            return UNKNOWN
        if value == UNKNOWN and binding.scope == 0 and self._is_set_up_as_app(view, binding.target):
            return Instance(External("celery.Celery"))
        return evaluator.unpack(value, binding.path) if binding.path else value

    def _is_set_up_as_app(self, view: FileView, name: str) -> bool:
        """`app.config_from_object(…)` or `app.autodiscover_tasks()` says what `app` is, wherever it comes from."""
        return any(
            view.facts.calls[number].func == s.Attribute(s.Name(name), method)
            for method in APP_METHODS
            for number in view.calls_by_name.get(method, ())
        )

    def _augmented(self, binding: s.Binding, place: Place) -> Value:
        """`workflow |= task.s()` makes a chain of a signature."""
        values = (self.evaluator.names.value(binding.target, place), self.evaluator.value(binding.value, place))
        tasks = tuple(task for value in values if isinstance(value, Signature) for task in value.tasks)
        return Signature("chain", tasks) if isinstance(values[0], Signature) else UNKNOWN

    def _entered(self, value: Value) -> Value:
        """What `with x as name` binds: x itself where its `__enter__` returns self."""
        if isinstance(value, Instance) and isinstance(value.cls, ClassValue):
            enter = self.evaluator.classes.method(value.cls, "__enter__")
            if enter is not None and self.evaluator.results.of_function(enter) == Instance(value.cls, exact=False):
                return value
        return UNKNOWN

    # Parameters

    def of_parameter(self, view: FileView, scope: int, position: int) -> Value:
        key = ("parameter", view.path, scope, position)
        return self.evaluator.once(key, self._of_parameter, view, scope, position)

    def _of_parameter(self, view: FileView, scope: int, position: int) -> Value:
        record = view.facts.scopes[scope]
        parameter = record.parameters[position]
        cls = view.class_of(scope)
        owner = ClassValue(view.path, cls) if cls > 0 else None
        if position == 0:
            found = self._receiver(view, scope, owner)
            if found is not None:
                return found
        if parameter.kind == "variadic":
            return Literal("tuple")
        if parameter.kind == "keywords":
            return Literal("dict")
        if parameter.annotation is not None:
            place = Place(view.path, record.parent, record.outer, record.order)
            value = self.of_annotation(parameter.annotation, place)
            if value != UNKNOWN:
                return value
            return ParameterValue(view.path, scope, parameter.name)
        found = self.evaluator.conventions.parameter(view, scope, position)
        return found if found is not None else ParameterValue(view.path, scope, parameter.name)

    def _receiver(self, view: FileView, scope: int, owner: ClassValue | None) -> Value | None:
        """`self` and `cls`; the `self` of a bound task."""
        record = view.facts.scopes[scope]
        if record.kind == "lambda":
            return None
        if owner is not None:
            decorators = {d.id for d in record.decorators if isinstance(d, s.Name)}
            if "staticmethod" in decorators:
                return None
            if "classmethod" in decorators or record.name in (
                "__init_subclass__",
                "__class_getitem__",
                "__new__",
            ):
                return owner
            return self._self(owner)
        if record.decorators and record.parameters[0].name in ("self", "task"):
            value = self.of_scope(view.path, scope)
            if isinstance(value, TaskValue) and value.path == view.path:
                return value
        return None

    def _self(self, owner: ClassValue) -> Value:
        """`self` in a method; in a queryset's or manager's, rows of the model that uses it."""
        classes = self.evaluator.classes
        if classes.is_manager(owner):
            model = classes.managed_model(owner)
            if model is not None:
                names = [base.name for base in classes.order(owner) if isinstance(base, External)]
                if any(name.endswith("QuerySet") for name in names):
                    return QuerySet(model, "instances", owner)
                return Manager(model, owner)
        return Instance(owner, exact=False)

    # Annotations

    def of_annotation(self, expr: s.Expr | None, place: Place) -> Value:
        """What a value annotated so is; several possibilities are one when only one is not None."""
        later = Place(place.path, place.scope, place.frame, END)
        if isinstance(expr, s.Constant):
            return Literal("NoneType") if expr.kind == "NoneType" else UNKNOWN
        if isinstance(expr, s.Operation) and expr.operator == "|":
            return join((self.of_annotation(expr.left, place), self.of_annotation(expr.right, place)))
        if isinstance(expr, s.Item):
            return self._of_generic(expr, later)
        value = self.evaluator.value(expr, later)
        if isinstance(value, ClassValue):
            return Instance(value, exact=False)
        if isinstance(value, External):
            return self._of_external_type(value)
        return UNKNOWN

    def _of_external_type(self, value: External) -> Value:
        name = value.name
        if name.startswith("builtins."):
            return Literal(name.removeprefix("builtins."))
        last = name.rpartition(".")[2]
        if last == "QuerySet" and name.startswith("django."):
            return QuerySet(External("django.db.models.Model"))
        if last == "HttpRequest" or last == "Request":
            return Instance(External("django.http.HttpRequest"))
        if name.startswith("typing") or last in ("Any",):
            return UNKNOWN
        return Instance(value, exact=False)

    def _of_generic(self, expr: s.Item, place: Place) -> Value:
        base = self.evaluator.value(expr.base, place)
        name = ""
        if isinstance(base, External):
            name = base.name.rpartition(".")[2]
        first = expr.index
        items = first.items if isinstance(first, s.Display) else (first,)
        if name == "Optional":
            return self.of_annotation(first, place)
        if name == "Union":
            return join(self.of_annotation(item, place) for item in items)
        if name == "Annotated":
            return self.of_annotation(items[0], place)
        if name.endswith("QuerySet"):
            model = self.evaluator.value(items[0], place)
            return QuerySet(model) if isinstance(model, ClassValue | External) else UNKNOWN
        if name in ("tuple", "Tuple") and len(items) > 1 and not isinstance(items[1], s.Constant):
            return TupleValue(tuple(self.of_annotation(item, place) for item in items))
        if name in ROWS:
            return Rows(self.of_annotation(items[0], place), "set" if name in ("set", "Set") else "")
        if name in ("dict", "Dict", "Mapping"):
            return Literal("dict")
        if isinstance(base, ClassValue):
            return Instance(base, exact=False)
        return UNKNOWN


def hands_on_a_name(call: s.Call) -> bool:
    """Whether a call is given a variable, as a decorator gives on the function it got."""
    given = (*call.args, *(keyword.value for keyword in call.keywords))
    return any(isinstance(expr, s.Name | s.Spread) for expr in given)
