"""What an argument is as part of a message: whether JSON can carry it, and whether it is a file's contents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from celery_lint.facts import schema as s
from celery_lint.knowledge import payload as known
from celery_lint.project.arguments.given import Sent
from celery_lint.project.moments import DURATION
from celery_lint.project.program import Place
from celery_lint.project.values import (
    ClassValue,
    External,
    ExternalMethod,
    FunctionValue,
    Instance,
    LambdaValue,
    Literal,
    Method,
    Partial,
    Rows,
    TaskMethod,
    TaskValue,
)

if TYPE_CHECKING:
    from celery_lint.project.arguments.message import Message
    from celery_lint.project.project import Project

__all__ = ["is_contents", "is_json", "refused"]

JSON = Literal("str", "json")
REQUEST = External("django.http.HttpRequest")


def is_json(message: Message) -> bool:
    """Whether the message certainly is JSON, as kombu writes it: no other serializer is named, and no class of the
    project is taught to it."""
    project = message.project
    option = message.given.option("serializer")
    if not message.given.lists_options or (option is not None and message.value(option) != JSON):
        return False
    own = message.task.inherited_option("serializer")
    if own not in (None, JSON) or message.task.changes_arguments or message.task.base_is_unknown:
        return False
    return project.writes_json


def refused(project: Project, expr: s.Expr, place: Place) -> str:
    """What a value is that kombu's JSON refuses; "" for what it takes, for rows of models, which have rules of their
    own, and for what is not known."""
    value = project.evaluator.value(expr, place)
    if isinstance(value, FunctionValue | Method) and is_decorated(project, value):
        return ""
    if isinstance(value, LambdaValue | FunctionValue | Method | Partial | TaskMethod | TaskValue | ClassValue):
        return CALLABLES[type(value)]
    if isinstance(value, Rows) and value.kind in known.COLLECTIONS:
        return known.COLLECTIONS[value.kind]
    if value == DURATION:
        return "a timedelta"
    if isinstance(value, Literal):
        return known.BUILTINS.get(value.kind, "")
    if is_upload(project, expr, place):
        return "an uploaded file"
    if isinstance(value, Instance) and isinstance(value.cls, External):
        if value.cls == REQUEST:
            return "the request" if is_request(project, expr, place) else ""
        return known.CLASSES.get(value.cls.name, "")
    if isinstance(value, Instance) and isinstance(value.cls, ClassValue):
        return of_class(project, value.cls)
    return ""


CALLABLES: dict[type, str] = {
    LambdaValue: "a lambda",
    FunctionValue: "a function",
    Method: "a method",
    Partial: "a partial",
    TaskMethod: "a method",
    TaskValue: "a task",
    ClassValue: "a class",
}


def is_decorated(project: Project, value: FunctionValue | Method) -> bool:
    """Whether something that is not understood may have made a property or another object of a function."""
    function = value.function if isinstance(value, Method) else value
    return bool(project.program.view(function.path).facts.scopes[function.scope].decorators)


def of_class(project: Project, cls: ClassValue) -> str:
    """What an object of a project's class is, if all of its bases are known and none of them can be written."""
    classes = project.evaluator.classes
    if classes.is_model(cls) or classes.method(cls, "__json__") is not None:
        return ""
    if classes.is_form(cls):
        return "a form"
    for base in classes.order(cls):
        if isinstance(base, External) and base.name not in known.PLAIN_BASES:
            return ""
        if isinstance(base, ClassValue) and classes.scope(base).keywords:
            return ""
    return f"an object of `{classes.name(cls)}`"


def is_request(project: Project, expr: s.Expr, place: Place) -> bool:
    """Whether it is the request of a view, not something in a task that is only called so."""
    if not isinstance(expr, s.Name):
        return isinstance(expr, s.Attribute)
    found = project.evaluator.names.entries(expr.id, place)
    if found is None or found[2][0].parameter < 0:
        return False
    view, scope, entries = found
    record = view.facts.scopes[scope]
    if record.parameters[entries[0].parameter].annotation is not None:
        return True
    is_method = view.class_of(scope) > 0
    return entries[0].parameter == (1 if is_method else 0) and not record.decorators


def is_upload(project: Project, expr: s.Expr, place: Place) -> bool:
    """`request.FILES`, `request.FILES["photo"]`, `request.FILES.get("photo")`."""
    if isinstance(expr, s.CallRef):
        call = project.program.view(place.path).facts.calls[expr.index]
        if not isinstance(call.func, s.Attribute) or call.func.name not in ("get", "getlist"):
            return False
        expr = call.func.base
    elif isinstance(expr, s.Item):
        expr = expr.base
    value = project.evaluator.value(expr, place)
    return isinstance(value, ExternalMethod) and value.name == "FILES" and value.receiver == Instance(REQUEST)


# Contents


def is_contents(project: Project, sent: Sent, depth: int = 0) -> bool:
    """Whether an argument certainly is all that a file holds: `upload.read()`, `path.read_bytes()`, base64 of it."""
    followed, place = project.evaluator.names.followed(sent.expr, sent.place)
    call = project.program.view(place.path).call(followed)
    if call is None or depth > 4:
        return False
    value = project.evaluator.value(call.func, place)
    if isinstance(value, External) and value.name in known.ENCODERS and call.args:
        return is_contents(project, Sent(call.args[0], place), depth + 1)
    if not isinstance(call.func, s.Attribute):
        return False
    if call.func.name in known.READERS and not call.args and not isinstance(value, Method | FunctionValue):
        return True
    return call.func.name in known.DECODERS and is_contents(project, Sent(call.func.base, place), depth + 1)
