"""Where a project's messages are: its dispatches, signatures, and calls that only take execution options."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import structs

from celery_lint.facts import schema as s
from celery_lint.knowledge import celery as celery_knowledge
from celery_lint.knowledge import execution
from celery_lint.project.arguments.given import NOTHING, Given, Sent, by_apply_async, by_delay
from celery_lint.project.arguments.message import Message
from celery_lint.project.arguments.wrapped import sent_on
from celery_lint.project.values import ExternalMethod, Partial, Signature, TaskMethod, TaskValue

if TYPE_CHECKING:
    from celery_lint.project.dispatch import Dispatch
    from celery_lint.project.project import Project

__all__ = ["messages"]

SIGNATURE = re.compile(rb"\.(?:s|si)\(|subtask\(|signature\(")
BEARING = {"set": re.compile(rb"\.set\([^)]*[=*(]"), "retry": re.compile(rb"\.retry\(")}
"""Calls that may name an option."""
SIGNATURE_TEXTS = (b".s(", b".si(", b"subtask(", b"signature(")


def messages(project: Project) -> tuple[Message, ...]:
    """Every message outside tests, once a call, in the order of files and lines."""
    found: dict[tuple[str, int], Message] = {}
    for dispatch in project.dispatches:
        message = of_dispatch(project, dispatch)
        if message is not None:
            found[message.path, message.number] = message
    methods = sorted(celery_knowledge.SIGNATURE_METHODS)
    for path in project.sources.code_matching(methods, SIGNATURE, texts=SIGNATURE_TEXTS):
        for message in signatures(project, path):
            found.setdefault((message.path, message.number), message)
    for method, bearing in BEARING.items():
        for path in project.sources.code_matching((method,), bearing):
            for message in bearers(project, path, method):
                found.setdefault((message.path, message.number), message)
    return tuple(found[key] for key in sorted(found))


def of_dispatch(project: Project, dispatch: Dispatch) -> Message | None:
    sending, call, view = dispatch.sending, dispatch.call, dispatch.view
    place = project.program.place_of_call(sending.path, call)
    if sending.via == "callback":
        return handed_on(project, dispatch)
    if sending.via == "wrapper":
        kept = tuple(item for item in sent_on(project, sending) if not is_task(project, item))
        given = Given(kept, is_complete=False, lists_options=False)
        return Message(project, sending.path, sending.call, dispatch.task, given, "wrapper")
    method = sending.method.removesuffix("_on_commit")
    if method == "delay":
        given = by_delay(call, place)
    elif not method:
        given = Given((), is_complete=False)
    elif method == "send_task":
        parameters = execution.SEND_TASK_PARAMETERS
        given = by_apply_async(project, view, call, place, parameters[1:], 1)
    else:
        given = by_apply_async(project, view, call, place, execution.APPLY_ASYNC_PARAMETERS)
    form = {"name": "name", "task": "call"}.get(sending.receiver, "canvas")
    return Message(project, sending.path, sending.call, dispatch.task, given, form, sending.task.is_certain)


def is_task(project: Project, item: Sent) -> bool:
    return isinstance(project.evaluator.value(item.expr, item.place), TaskValue | TaskMethod)


def handed_on(project: Project, dispatch: Dispatch) -> Message | None:
    """`partial(task.delay, order)`, and `on_commit(task.delay)`, which gives nothing."""
    if dispatch.sending.receiver != "task":
        return None
    call, view = dispatch.call, dispatch.view
    path, number, is_certain = dispatch.path, dispatch.sending.call, dispatch.sending.task.is_certain
    handover = next((h for h in project.on_commit_calls if h.path == path and h.holds(dispatch)), None)
    if handover is not None and handover.number == number:
        if handover.has_extra_arguments:
            return None
        return Message(project, path, number, dispatch.task, NOTHING, "call", is_certain)
    if not call.args or not isinstance(call.args[0], s.Attribute):
        return None
    value = project.evaluator.value(s.CallRef(number), project.program.end_of(path))
    if not isinstance(value, Partial):
        return None
    place = project.program.place_of_call(path, call)
    if dispatch.sending.method.startswith("apply_async"):
        given = by_apply_async(project, view, call, place, execution.APPLY_ASYNC_PARAMETERS, 1)
    else:
        given = by_delay(call, place, 1)
    if handover is None:
        given = structs.replace(given, is_complete=False)
    return Message(project, path, number, dispatch.task, given, "call", is_certain)


def bearers(project: Project, path: str, method: str) -> Iterator[Message]:
    """`signature.set(…)` and `self.retry(…)`, which take options and no arguments that could be counted."""
    view = project.program.view(path)
    parameters = execution.RETRY_PARAMETERS if method == "retry" else ("immutable",)
    for number in view.calls_by_name.get(method, ()):
        call = view.facts.calls[number]
        if method == "set" and not call.keywords:
            continue
        place = project.program.place_of_call(path, call)
        value = project.evaluator.value(call.func, place)
        receiver = value.receiver if isinstance(value, ExternalMethod) else None
        if isinstance(receiver, Signature) and method == "set" and receiver.tasks:
            receiver = receiver.tasks[0]
        elif method == "set":
            continue
        if isinstance(receiver, TaskValue):
            found = by_apply_async(project, view, call, place, parameters)
            given = Given((), False, found.options, found.lists_options)
            yield Message(project, path, number, project.tasks.of(receiver), given, method)


def signatures(project: Project, path: str) -> Iterator[Message]:
    """`task.s(…)`, `task.signature(…)` and `signature(task or name, …)`."""
    view = project.program.view(path)
    for method in sorted(celery_knowledge.SIGNATURE_METHODS):
        for number in view.calls_by_name.get(method, ()):
            call = view.facts.calls[number]
            place = project.program.place_of_call(path, call)
            value = project.evaluator.value(call.func, place)
            form = "immutable" if method == "si" else "partial"
            if isinstance(value, ExternalMethod) and isinstance(value.receiver, TaskValue):
                if method in ("s", "si"):
                    given = by_delay(call, place)
                elif method in ("signature", "subtask"):
                    given = by_apply_async(project, view, call, place, execution.SIGNATURE_PARAMETERS)
                else:
                    continue
                task = value.receiver
                yield Message(project, path, number, project.tasks.of(task), given, form, task.is_certain)
            elif method in ("signature", "subtask"):
                made = project.evaluator.value(s.CallRef(number), place)
                if isinstance(made, Signature) and made.kind == "signature" and len(made.tasks) == 1:
                    given = by_apply_async(project, view, call, place, execution.SIGNATURE_PARAMETERS, 1)
                    task = made.tasks[0]
                    yield Message(project, path, number, project.tasks.of(task), given, form, task.is_certain)
