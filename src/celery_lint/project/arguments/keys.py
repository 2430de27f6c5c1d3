"""Tasks that look their argument up as a primary key: what they are sent should be one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from celery_lint.facts import schema as s
from celery_lint.finding import Applicability, Fix, SetArgument
from celery_lint.project.values import Instance, Manager, QuerySet

if TYPE_CHECKING:
    from celery_lint.project.arguments.message import Message

__all__ = ["by_key", "by_keys"]

ONE = ("pk", "id")
MANY = ("pk__in", "id__in")


def by_key(message: Message, expr: s.Expr) -> Fix | None:
    """The fix that sends the key of an instance; None where the task does not fetch by it."""
    value = message.project.evaluator.value(expr, message.place)
    model = value.cls if isinstance(value, Instance) else None
    if model is None or not isinstance(expr, s.Name | s.Attribute):
        return None
    return sent_as(message, expr, "{}.pk", "send its key", ONE, model)


def by_keys(message: Message, expr: s.Expr) -> Fix | None:
    """The fix that sends the keys of a queryset, where the task fetches by them, or the values of one, as a list."""
    value = message.project.evaluator.value(expr, message.place)
    if not isinstance(value, QuerySet) or not isinstance(expr, s.Name | s.CallRef):
        return None
    if value.rows != "instances":
        return sent_as(message, expr, "list({})", "send a list")
    text = 'list({}.values_list("pk", flat=True))'
    return sent_as(message, expr, text, "send the keys", MANY, value.model)


def sent_as(
    message: Message, expr: s.Expr, text: str, title: str, lookups: tuple[str, ...] = (), model: object = None
) -> Fix | None:
    """The fix that changes an argument of the call itself; None where it is to be looked up, and is not."""
    argument = argument_of(message, expr)
    if argument is None or (lookups and not is_looked_up(message, argument, lookups, model)):
        return None
    return Fix(title, Applicability.UNSAFE, (SetArgument(message.location, argument, text),))


def argument_of(message: Message, expr: s.Expr) -> int | str | None:
    """The position or keyword of an argument that the call gives to the task as it is."""
    if not message.given.is_direct or message.form == "wrapper":
        return None
    position = next((number for number, arg in enumerate(message.call.args) if arg is expr), None)
    return next((keyword.name for keyword in message.call.keywords if keyword.value is expr), position)


def is_looked_up(message: Message, argument: int | str, lookups: tuple[str, ...], model: object) -> bool:
    """Whether the task asks for rows of the model by the argument, and for nothing of the argument itself."""
    function, signature = message.task.function, message.task.signature
    if function is None or signature is None:
        return False
    if isinstance(argument, int):
        if argument >= len(signature.positional):
            return False
        argument = signature.positional[argument].name
    view, project, name = message.project.program.view(function.path), message.project, s.Name(argument)
    if any(read.base == name and read.scope == function.scope for read in view.facts.reads):
        return False
    found = False
    for number in view.calls_by_scope.get(function.scope, ()):
        call = view.facts.calls[number]
        if not isinstance(call.func, s.Attribute):
            continue
        if call.func.base == name:
            return False
        if any(keyword.name in lookups and keyword.value == name for keyword in call.keywords):
            asked = project.evaluator.value(call.func.base, project.program.place_of_call(view.path, call))
            found = found or (isinstance(asked, Manager | QuerySet) and asked.model == model)
    return found
