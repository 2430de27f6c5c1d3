"""What is sent: the arguments of dispatches and signatures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from celery_lint.facts import schema as s
from celery_lint.finding import Location, Nomination
from celery_lint.knowledge import celery as celery_knowledge
from celery_lint.project.program import Place
from celery_lint.project.tasks import Task
from celery_lint.project.values import (
    ExternalMethod,
    Instance,
    Partial,
    QuerySet,
    Rows,
    TaskMethod,
    TaskValue,
    TupleValue,
    Value,
)
from celery_lint.project.view import FileView

if TYPE_CHECKING:
    from celery_lint.project.dispatch import Dispatch
    from celery_lint.project.project import Project

__all__ = ["Argument", "Message", "messages"]

SIGNATURE = re.compile(rb"\.(?:s|si|subtask|signature)\(")
EXECUTION = ("args", "kwargs")


class Argument(Struct, frozen=True):
    """One argument of a message: how it is written, and which model it holds."""

    written: str
    model: str


@dataclass(frozen=True)
class Message:
    """A call whose arguments become a task's: `delay`, `apply_async`, `.s()`, a project wrapper."""

    project: Project
    path: str
    number: int
    task: Task
    exprs: tuple[s.Expr, ...]

    @property
    def view(self) -> FileView:
        return self.project.program.view(self.path)

    @property
    def call(self) -> s.Call:
        return self.view.facts.calls[self.number]

    @cached_property
    def _values(self) -> list[tuple[s.Expr, Value]]:
        place = self.project.program.place_of_call(self.path, self.call)
        return [(expr, self.project.evaluator.value(expr, here)) for expr, here in self._flat(self.exprs, place, 0)]

    def _flat(self, exprs: tuple[s.Expr, ...], place: Place, depth: int) -> Iterator[tuple[s.Expr, Place]]:
        """The arguments, and what stands inside displays among them, or in variables that hold a display."""
        for expr in exprs:
            shown, there = displayed(self.project, expr, place)
            if isinstance(shown, s.Display) and depth < 4:
                yield from self._flat(shown.items, there, depth + 1)
            elif isinstance(shown, s.Mapping) and depth < 4:
                yield from self._flat(shown.values, there, depth + 1)
            elif not isinstance(expr, s.Spread):
                yield expr, place

    @cached_property
    def first_instance(self) -> Argument | None:
        """The first argument that certainly is a model instance."""
        if self.task.changes_arguments:
            return None
        for expr, value in self._values:
            if self.project.evaluator.is_model_instance(value):
                assert isinstance(value, Instance)
                return Argument(self.written(expr), self.project.evaluator.classes.name(value.cls))
        return None

    @cached_property
    def first_queryset(self) -> Argument | None:
        """The first argument that certainly is a queryset, or rows of model instances."""
        if self.task.changes_arguments:
            return None
        for expr, value in self._values:
            if isinstance(value, QuerySet):
                return Argument(self.written(expr), self.project.evaluator.classes.name(value.model))
            element = value.element if isinstance(value, Rows) else None
            if isinstance(value, TupleValue):
                element = next((i for i in value.items if self.project.evaluator.is_model_instance(i)), None)
            if isinstance(element, Instance) and self.project.evaluator.is_model_instance(element):
                return Argument(self.written(expr), self.project.evaluator.classes.name(element.cls))
        return None

    def written(self, expr: s.Expr) -> str:
        if isinstance(expr, s.Name):
            return expr.id
        if isinstance(expr, s.Attribute):
            return f"{self.written(expr.base)}.{expr.name}"
        if isinstance(expr, s.CallRef):
            return f"{self.written(self.view.facts.calls[expr.index].func)}(…)"
        if isinstance(expr, s.Item):
            return f"{self.written(expr.base)}[…]"
        return "…"

    def nominate(self, rule: str, argument: Argument) -> Nomination:
        view, call = self.view, self.call
        location: Location = self.project.program.location(self.path, call.span)
        model = "model" if argument.model == "Model" else argument.model
        return Nomination(
            rule,
            location,
            self.project.program.location(self.path, view.statement(call.statement)),
            {"argument": argument.written, "model": model, "consequence": self.project.instance_consequence},
            label=f"{argument.written} is sent",
        )


def messages(project: Project) -> tuple[Message, ...]:
    """Every message outside tests, once a call, in the order of files and lines."""
    found: dict[tuple[str, int], Message] = {}
    for dispatch in project.dispatches:
        message = of_dispatch(project, dispatch)
        if message is not None:
            found[message.path, message.number] = message
    for path in project.sources.code_with_any(celery_knowledge.SIGNATURE_METHODS):
        if SIGNATURE.search(project.source(path)):
            for message in signatures(project, path):
                found.setdefault((message.path, message.number), message)
    return tuple(found[key] for key in sorted(found))


def of_dispatch(project: Project, dispatch: Dispatch) -> Message | None:
    sending, call = dispatch.sending, dispatch.call
    if sending.via == "callback":
        return handed_on(project, dispatch)
    if sending.via == "wrapper":
        exprs = (*call.args, *(keyword.value for keyword in call.keywords))
        kept = tuple(expr for expr in exprs if not is_task(project, dispatch, expr))
        return Message(project, sending.path, sending.call, dispatch.task, kept)
    method = sending.method.removesuffix("_on_commit")
    if sending.receiver in ("chain", "group", "chord"):
        return None
    if method == "delay":
        exprs = (*call.args, *(keyword.value for keyword in call.keywords))
    else:
        exprs = execution_arguments(dispatch.view, call, 1 if method == "send_task" else 0)
    return Message(project, sending.path, sending.call, dispatch.task, exprs)


def is_task(project: Project, dispatch: Dispatch, expr: s.Expr) -> bool:
    value = project.evaluator.value(expr, project.program.place_of_call(dispatch.path, dispatch.call))
    return isinstance(value, TaskValue | TaskMethod)


def handed_on(project: Project, dispatch: Dispatch) -> Message | None:
    """`partial(task.delay, order)`."""
    call = dispatch.call
    if not call.args or not isinstance(call.args[0], s.Attribute):
        return None
    value = project.evaluator.value(s.CallRef(dispatch.sending.call), project.program.end_of(dispatch.path))
    if not isinstance(value, Partial):
        return None
    if dispatch.sending.method.startswith("apply_async"):
        exprs = execution_arguments(dispatch.view, call, 1)
    else:
        exprs = (*call.args[1:], *(keyword.value for keyword in call.keywords))
    return Message(project, dispatch.path, dispatch.sending.call, dispatch.task, exprs)


def execution_arguments(view: FileView, call: s.Call, first: int) -> tuple[s.Expr, ...]:
    """What `apply_async(args, kwargs)` is given for the task, from the position of `args` on."""
    found = []
    for offset, name in enumerate(EXECUTION):
        expr = view.argument(call, first + offset, name)
        if expr is None:
            continue
        inner = view.call(expr)
        if inner is not None and isinstance(inner.func, s.Name) and inner.func.id == "dict":
            found += [keyword.value for keyword in inner.keywords]
        elif isinstance(expr, s.Display | s.Mapping | s.Name):
            found.append(expr)
    return tuple(found)


def displayed(project: Project, expr: s.Expr, place: Place) -> tuple[s.Expr, Place]:
    """The tuple, list or dict display that an expression is, or that the variable it names certainly holds."""
    if not isinstance(expr, s.Name):
        return expr, place
    found = project.evaluator.names.entries(expr.id, place)
    if found is None or len(found[2]) != 1 or found[2][0].binding is None:
        return expr, place
    view, binding = found[0], found[2][0].binding
    if binding.kind not in ("assign", "annotated") or binding.path:
        return expr, place
    if not isinstance(binding.value, s.Display | s.Mapping):
        return expr, place
    return binding.value, Place(view.path, binding.scope, binding.frame, binding.order)


def signatures(project: Project, path: str) -> Iterator[Message]:
    view = project.program.view(path)
    for method in sorted(celery_knowledge.SIGNATURE_METHODS):
        for number in view.calls_by_name.get(method, ()):
            call = view.facts.calls[number]
            if not isinstance(call.func, s.Attribute):
                continue
            value = project.evaluator.value(call.func, project.program.place_of_call(path, call))
            if not isinstance(value, ExternalMethod) or not isinstance(value.receiver, TaskValue):
                continue
            if method in ("s", "si"):
                exprs = (*call.args, *(keyword.value for keyword in call.keywords))
            else:
                exprs = execution_arguments(view, call, 0)
            yield Message(project, path, number, project.tasks.of(value.receiver), exprs)
