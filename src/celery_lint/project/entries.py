"""Functions that a framework calls: views, signal receivers, model write methods, admin hooks, form and
serializer hooks; and what is known of transactions when it does."""

from __future__ import annotations

from functools import cached_property

from celery_lint.facts import schema as s
from celery_lint.finding import Location, Step
from celery_lint.knowledge import django
from celery_lint.project.evaluate import Evaluator
from celery_lint.project.program import Program
from celery_lint.project.rows import Writers
from celery_lint.project.settings import Settings
from celery_lint.project.signals import Receiver, Signals
from celery_lint.project.uses import State
from celery_lint.project.values import (
    ClassValue,
    External,
    ExternalMethod,
    FunctionValue,
    Instance,
    Manager,
    ParameterValue,
    Partial,
    QuerySet,
    TaskValue,
    Value,
)
from celery_lint.project.view import FileView, last_name

__all__ = ["Entries"]

URL_FUNCTIONS = ("path", "re_path", "url", "_path")
MODEL_METHODS = ("save", "delete", "asave", "adelete", "save_base", "soft_delete", "hard_delete")
ROUTED = ("action", "list_route", "detail_route")
QUERYSET_WRITES = ("update", "delete", "aupdate", "adelete")


class Entries:
    def __init__(self, program: Program, evaluator: Evaluator, signals: Signals, settings: Settings) -> None:
        self.program = program
        self.evaluator = evaluator
        self.signals = signals
        self.settings = settings
        self.writers = Writers(program, evaluator)
        self._writes: dict[tuple[str, int], bool] = {}

    def _record(self, state: State) -> tuple[FileView, s.Scope]:
        view = self.program.view(state.path)
        return view, view.facts.scopes[state.scope]

    def _here(self, view: FileView, record: s.Scope, message: str) -> Step:
        return Step(self.program.location(view.path, record.span), message)

    def owner(self, state: State) -> ClassValue | None:
        """The class a method's `self` is of."""
        view = self.program.view(state.path)
        cls = view.class_of(state.scope)
        return None if cls <= 0 else state.bound or ClassValue(state.path, cls)

    # Admin

    def admin_hook(self, path: str, scope: int) -> Location | None:
        """The method's place when Django's admin calls it inside a transaction."""
        view = self.program.view(path)
        record = view.facts.scopes[scope]
        cls = view.class_of(scope)
        if cls <= 0 or record.name not in django.ADMIN_HOOKS:
            return None
        return self.program.location(path, record.span) if self._is_admin(ClassValue(path, cls)) else None

    def _is_admin(self, cls: ClassValue) -> bool:
        """An admin class, or a mixin of nothing but admin classes."""
        classes = self.evaluator.classes
        if classes.is_admin(cls):
            return True
        children = classes.children(cls)
        return bool(children) and all(classes.is_admin(child) for child in children)

    # Signals

    def receivers(self, path: str, scope: int) -> list[Receiver]:
        """How the function is connected to model signals."""
        return [r for r in self.signals.receivers(path, scope) if ":" not in r.signal]

    def receiver_step(self, state: State) -> Step | None:
        found = self.receivers(state.path, state.scope)
        if not found:
            return None
        path, span = found[0].where
        return Step(self.program.location(path, span), f"connected to {found[0].signal} here")

    # Models

    def write_method(self, state: State) -> str | None:
        """`Order.save` when the method is one of a model, manager or queryset that writes rows."""
        view, record = self._record(state)
        cls = view.class_of(state.scope)
        if cls <= 0 or record.kind != "function":
            return None
        own = ClassValue(state.path, cls)
        name = f"{view.facts.scopes[cls].name}.{record.name}"
        classes = self.evaluator.classes
        if self._is_model_part(own):
            if record.name in MODEL_METHODS or self.writes(state.path, state.scope):
                return name
        elif any(
            isinstance(base, External)
            and base.name.endswith(("Manager", "QuerySet"))
            and ("models" in base.name or "query" in base.name.lower())
            for base in classes.order(own)
        ) and (record.name in django.WRITE_METHODS or self.writes(state.path, state.scope)):
            return name
        return None

    def _is_model_part(self, cls: ClassValue) -> bool:
        """A model, or a mixin that only models use."""
        classes = self.evaluator.classes
        if classes.is_model(cls):
            return True
        if any(isinstance(base, External) for base in classes.order(cls)):
            return False
        children = classes.children(cls)
        return bool(children) and all(classes.is_model(child) for child in children)

    def writes(self, path: str, scope: int) -> bool:
        """Whether a function itself writes rows through the ORM."""
        key = (path, scope)
        if key not in self._writes:
            view = self.program.view(path)
            calls = (view.facts.calls[n] for n in view.calls_by_scope.get(scope, ()))
            self._writes[key] = any(self.is_write(view, call) for call in calls)
        return self._writes[key]

    def is_write(self, view: FileView, call: s.Call) -> bool:
        """Whether a call writes rows: on a manager, a queryset, a model instance, or by a name only these have."""
        if not isinstance(call.func, s.Attribute):
            return False
        name = call.func.name
        if name not in django.WRITE_METHODS and name not in QUERYSET_WRITES:
            return False
        place = self.program.place_of_call(view.path, call)
        value = self.evaluator.value(call.func.base, place)
        if isinstance(value, Manager | QuerySet):
            return True
        if self.evaluator.is_model_instance(value):
            return name not in QUERYSET_WRITES or name in ("delete", "adelete")
        if isinstance(value, Instance) and self.evaluator.classes.is_manager(value.cls):
            return True
        base = call.func.base
        if isinstance(base, s.CallRef):
            func = view.facts.calls[base.index].func
            if isinstance(func, s.Name) and func.id == "super":
                return name in django.WRITE_METHODS or name in QUERYSET_WRITES
        if isinstance(value, Instance | ParameterValue | ExternalMethod):
            return name in ("save", "bulk_create", "bulk_update", "get_or_create", "update_or_create")
        written = base.name if isinstance(base, s.Attribute) else ""
        return written in ("objects", "_default_manager") or name in ("bulk_create", "update_or_create")

    # Requests

    def request_step(self, state: State) -> Step | None:
        """The entry when a request runs the function under ATOMIC_REQUESTS, and may write rows in it."""
        if self.settings.home(state.path) not in self.settings.atomic_requests:
            return None
        view, record = self._record(state)
        if record.kind != "function" or record.is_async or self._is_exempt(state):
            return None
        owner = self.owner(state)
        if not self._may_write(state, owner):
            return None
        if owner is not None and self._is_request_method(view, record, owner):
            return self._here(view, record, "called by a view, and ATOMIC_REQUESTS is on")
        if owner is None and (state.path, state.scope) in self.views:
            return self._here(view, record, "a view, and ATOMIC_REQUESTS is on")
        return None

    def _may_write(self, state: State, owner: ClassValue | None) -> bool:
        """Whether there may be something to commit; serializers and forms are there to write."""
        if owner is not None and not self.evaluator.classes.is_view(owner):
            return True
        return self.writers.may_write(state.path, state.scope)

    def is_request(self, state: State) -> bool:
        """Whether it is a view's function, or a method that a view, a serializer or a form has called by a request."""
        view, record = self._record(state)
        owner = self.owner(state)
        if owner is not None:
            return record.kind == "function" and self._is_request_method(view, record, owner)
        return (state.path, state.scope) in self.views

    def _is_request_method(self, view: FileView, record: s.Scope, owner: ClassValue) -> bool:
        classes = self.evaluator.classes
        if classes.is_view(owner):
            return record.name in django.VIEW_HOOKS or self._is_action(view, record)
        if classes.is_serializer(owner):
            return record.name in django.SERIALIZER_HOOKS or record.name.startswith("validate_")
        return classes.is_form(owner) and record.name in ("save", "clean", "form_valid", "_save_m2m")

    def _is_action(self, view: FileView, record: s.Scope) -> bool:
        calls = (view.call(decorator) for decorator in record.decorators)
        return any(call is not None and last_name(call.func) in ROUTED for call in calls)

    def _is_exempt(self, state: State) -> bool:
        """`@non_atomic_requests` on a view function, or on a view's class or dispatch."""
        decorators = self.evaluator.definitions.decorators(state.path, state.scope)
        view = self.program.view(state.path)
        cls = view.class_of(state.scope)
        if cls > 0:
            decorators = [*decorators, *self.evaluator.definitions.decorators(state.path, cls)]
        return any(is_exemption(value) for value in decorators)

    @cached_property
    def views(self) -> frozenset[tuple[str, int]]:
        """Functions that a URL configuration names."""
        found: set[tuple[str, int]] = set()
        for path in self.program.sources.code_containing("urlpatterns"):
            view = self.program.view(path)
            for name in URL_FUNCTIONS:
                for number in view.calls_by_name.get(name, ()):
                    call = view.facts.calls[number]
                    expr = view.argument(call, 1, "view")
                    found |= self._view_function(self.evaluator.value(expr, self.program.place_of_call(path, call)))
        return frozenset(found)

    def _view_function(self, value: Value) -> set[tuple[str, int]]:
        if isinstance(value, Partial):
            return self._view_function(value.callee)
        return {(value.path, value.scope)} if isinstance(value, FunctionValue) else set()

    # Migrations

    def migration_step(self, state: State) -> Step | None:
        """The `RunPython` of an atomic migration that calls the function."""
        view, record = self._record(state)
        if record.kind != "function":
            return None
        for path in self._data_migrations:
            if self.program.sources.has_text(path, record.name.encode()):
                where = self._run_python(self.program.view(path), FunctionValue(view.path, state.scope))
                if where is not None:
                    return Step(where, "run by a migration in a transaction")
        return None

    @cached_property
    def _data_migrations(self) -> tuple[str, ...]:
        return self.program.sources.code_containing("RunPython")

    def _run_python(self, view: FileView, function: FunctionValue) -> Location | None:
        if any(binding.target == "atomic" for binding in view.facts.bindings):
            return None
        for number in view.calls_by_name.get("RunPython", ()):
            call = view.facts.calls[number]
            if any(keyword.name == "atomic" for keyword in call.keywords):
                continue
            place = self.program.place_of_call(view.path, call)
            for expr in (*call.args, *(keyword.value for keyword in call.keywords)):
                if self.evaluator.value(expr, place) == function:
                    return self.program.location(view.path, call.span)
        return None

    def is_task(self, state: State) -> bool:
        value = self.evaluator.definitions.of_scope(state.path, state.scope)
        return isinstance(value, TaskValue)


def is_exemption(value: Value) -> bool:
    if isinstance(value, External):
        return value.name in django.NON_ATOMIC_REQUESTS
    return False
