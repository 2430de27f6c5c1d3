"""What Django and REST framework give by convention: to parameters, by their names and those of their functions, and
from methods that a class inherits from them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from celery_lint.facts import schema as s
from celery_lint.knowledge import django
from celery_lint.project.connecting import connections
from celery_lint.project.program import Place, Program
from celery_lint.project.values import (
    UNKNOWN,
    ClassValue,
    External,
    Instance,
    QuerySet,
    Value,
    function_of,
)
from celery_lint.project.view import FileView

if TYPE_CHECKING:
    from celery_lint.project.evaluate import Evaluator

__all__ = ["Conventions"]

ANY_MODEL = External("django.db.models.Model")
REQUEST = External("django.http.HttpRequest")
MADE_BY_VIEWS = {
    ("form_valid", "form"): "form_class",
    ("form_invalid", "form"): "form_class",
    ("perform_create", "serializer"): "serializer_class",
    ("perform_update", "serializer"): "serializer_class",
}
"""Method and parameter of a view → the attribute with the class of what it is given."""
ADMIN_OBJECT_METHODS = {
    "save_model": 2,
    "delete_model": 2,
    "log_addition": 2,
    "log_change": 2,
    "response_add": 2,
}
"""Methods of an admin → where they are given an instance."""
ACTION = ("django.contrib.admin.action", "django.contrib.admin.decorators.action")
ACTION_ROWS = 2
"""Where an action of an admin gets the rows that were chosen, behind the request."""


class Conventions:
    def __init__(self, program: Program, evaluator: Evaluator) -> None:
        self.program = program
        self.evaluator = evaluator

    # Parameters

    def parameter(self, view: FileView, scope: int, position: int) -> Value | None:
        """What a parameter is given, where a convention says so."""
        record = view.facts.scopes[scope]
        name = record.parameters[position].name
        cls = view.class_of(scope)
        if name == "request":
            return Instance(REQUEST)
        if name == "queryset" and position == ACTION_ROWS and self._is_action(view, record, cls):
            return QuerySet(ANY_MODEL)
        decorators = {each.id for each in record.decorators if isinstance(each, s.Name)}
        if cls > 0 and decorators.isdisjoint(("staticmethod", "classmethod")):
            return self._of_method(ClassValue(view.path, cls), record, position)
        sender = self._sender(view, scope) if name == "instance" else None
        return Instance(sender) if sender is not None else None

    def _of_method(self, owner: ClassValue, record: s.Scope, position: int) -> Value | None:
        name = record.parameters[position].name
        classes = self.evaluator.classes
        made = MADE_BY_VIEWS.get((record.name, name))
        if made is not None:
            cls = self.evaluator.attribute(owner, made)
            return Instance(cls, exact=False) if isinstance(cls, ClassValue) else None
        if ADMIN_OBJECT_METHODS.get(record.name) == position and classes.is_admin(owner):
            return Instance(ANY_MODEL)
        if (record.name, position) == ("perform_destroy", 1) and classes.is_view(owner):
            found = self.view_object(owner)
            return found if isinstance(found, Instance) else Instance(ANY_MODEL)
        if (record.name, position) == ("update", 1) and classes.is_serializer(owner):
            found = self._of_meta(owner)
            return found if found != UNKNOWN else None
        return None

    def _is_action(self, view: FileView, record: s.Scope, cls: int) -> bool:
        """Whether it takes the rows that were chosen in an admin: `(self, request, queryset)`."""
        if record.parameters[ACTION_ROWS - 1].name != "request":
            return False
        if cls > 0:
            return self.evaluator.classes.is_admin(ClassValue(view.path, cls))
        place = Place(view.path, record.parent, record.outer, record.order)
        calls = ((view.call(expr), expr) for expr in record.decorators)
        values = (self.evaluator.value(expr if call is None else call.func, place) for call, expr in calls)
        return any(isinstance(value, External) and value.name in ACTION for value in values)

    def _sender(self, view: FileView, scope: int) -> ClassValue | External | None:
        """The model whose instances a receiver of a model signal is given; None for what is no such receiver."""
        record = view.facts.scopes[scope]
        found: set[ClassValue | External | None] = set(self._senders_of_decorators(view, record))
        if not found and record.name not in view.calls_by_name:
            found = set(self._senders_of_connections(view, scope))
        if not found or None in found:
            return None
        return found.pop() if len(found) == 1 else ANY_MODEL

    def _senders_of_decorators(self, view: FileView, record: s.Scope) -> Iterator[ClassValue | External]:
        """`@receiver(post_save, sender=Order)`"""
        for expr in record.decorators:
            call = view.call(expr)
            if call is None or not call.args:
                continue
            place = self.program.place_of_call(view.path, call)
            callee = self.evaluator.value(call.func, place)
            if not (isinstance(callee, External) and callee.name == "django.dispatch.receiver"):
                continue
            signals, there = self.evaluator.names.followed(call.args[0], place)
            items = signals.items if isinstance(signals, s.Display) else (signals,)
            if any(self._is_of_models(each, there) for each in items):
                yield self._given_sender(view, call, place)

    def _senders_of_connections(self, view: FileView, scope: int) -> Iterator[ClassValue | External | None]:
        """`post_save.connect(handler, sender=Order)`, wherever it stands; None for another signal."""
        sources = self.program.sources
        for path in sources.code_containing(view.facts.scopes[scope].name):
            if not sources.has_text(path, b".connect("):
                continue
            other = self.program.view(path)
            for number in other.calls_by_name.get("connect", ()):
                call = other.facts.calls[number]
                for each in connections(self.program, self.evaluator, other, call):
                    if function_of(each.receiver) == (view.path, scope):
                        place = self.program.place_of_call(path, call)
                        is_of_models = self._is_of_models(each.signal, each.place)
                        yield self._given_sender(other, call, place) if is_of_models else None

    def _is_of_models(self, signal: s.Expr, place: Place) -> bool:
        value = self.evaluator.value(signal, place)
        return isinstance(value, External) and value.name in django.MODEL_SIGNALS

    def _given_sender(self, view: FileView, call: s.Call, place: Place) -> ClassValue | External:
        sender = self.evaluator.value(view.argument(call, 1, "sender"), place)
        known = isinstance(sender, ClassValue | External) and self.evaluator.classes.is_model(sender)
        return sender if known and isinstance(sender, ClassValue | External) else ANY_MODEL

    # Methods and attributes

    def inherited(self, cls: ClassValue, name: str) -> Value:
        """What a method gives that Django or REST framework defines on a project's class."""
        classes = self.evaluator.classes
        if name == "save" and (classes.is_form(cls) or classes.is_serializer(cls)):
            return self._of_meta(cls)
        if name in ("create", "update") and classes.is_serializer(cls):
            return self._of_meta(cls)
        if not classes.is_view(cls):
            return UNKNOWN
        if name == "get_object":
            return self.view_object(cls)
        if name == "get_queryset":
            found = self.view_object(cls)
            return QuerySet(found.cls) if isinstance(found, Instance) else UNKNOWN
        if name in ("get_form", "get_serializer"):
            given = self.evaluator.attribute(cls, "form_class" if name == "get_form" else "serializer_class")
            return Instance(given, exact=False) if isinstance(given, ClassValue) else UNKNOWN
        return UNKNOWN

    def view_object(self, cls: ClassValue) -> Value:
        """What `self.get_object()` gives in a class-based view."""
        own = self.evaluator.classes.method(cls, "get_queryset")
        results = self.evaluator.results
        sources = [self.evaluator.attribute(cls, "model"), self.evaluator.attribute(cls, "queryset")]
        for value in (*sources, results.of_function(own) if own is not None else UNKNOWN):
            model = results.model_of(value)
            if model is not None:
                return Instance(model)
        form = self.evaluator.attribute(cls, "form_class")
        return self._of_meta(form) if isinstance(form, ClassValue) else UNKNOWN

    def _of_meta(self, cls: ClassValue) -> Value:
        """An instance of the model that the `class Meta` of a form or serializer names."""
        model = self.evaluator.classes.meta_model(cls)
        return Instance(model) if model is not None and self.evaluator.classes.is_model(model) else UNKNOWN
