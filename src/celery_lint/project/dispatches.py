"""Every place where a message for a task is sent, directly, by a wrapper of the project or by a callback."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from celery_lint.facts import schema as s
from celery_lint.knowledge import celery as celery_knowledge
from celery_lint.project.callers import Callers
from celery_lint.project.evaluate import TASK_METHODS, Evaluator
from celery_lint.project.program import Place, Program
from celery_lint.project.transactions import Transactions
from celery_lint.project.uses import State, Use, given
from celery_lint.project.values import (
    ClassValue,
    External,
    ExternalMethod,
    Literal,
    ParameterValue,
    Partial,
    Signature,
    TaskMethod,
    TaskValue,
    Value,
    behind,
)
from celery_lint.project.view import FileView, last_name, within

__all__ = ["Dispatches", "Sending", "is_delayed"]

VERBS = ("delay", "apply_async", "delay_on_commit", "apply_async_on_commit", "send_task")
VERB = re.compile(rb"\.(?:delay|apply_async)|send_task")
PARTS = ("s", "si", "signature", "subtask")
BUILDER = re.compile(rb"(?:chain|chord|group)\(| \| ")
PART = re.compile(rb"(?:\.si?|signature|\.subtask)\(")
PART_TEXTS = (b".s(", b".si(", b"signature(", b".subtask(")
SENDING_CANVASES = ("chain", "group", "chord")
MAKERS = frozenset({*SENDING_CANVASES, "partial", "clone", "set", "sync_to_async", "signature"})
"""Last names of the calls whose value may send when it is called."""


class Sending(Struct, frozen=True):
    """One dispatch. `spots` are the places at which the message is sent; for a wrapper's call also where the
    wrapper itself sends. `method` is what is called on the task, "send_task", or "" for a canvas that is called.

    `via` is "" for a direct call, "wrapper" for a project function given the task, "callback" for a bound method
    that is handed on.
    """

    path: str
    call: int
    task: TaskValue
    method: str
    receiver: str
    spots: tuple[Use, ...]
    waits: bool = False
    via: str = ""


class Wrapper(Struct, frozen=True):
    """A project function that sends the task it is given as a parameter."""

    path: str
    scope: int
    parameter: str
    method: str
    inner: Use
    waits: bool


class Dispatches:
    def __init__(self, program: Program, evaluator: Evaluator, callers: Callers, transactions: Transactions) -> None:
        self.program = program
        self.evaluator = evaluator
        self.callers = callers
        self.transactions = transactions

    def find(self) -> list[Sending]:
        """All outside tests, in the order of files and lines."""
        found: dict[tuple[str, int], Sending] = {}
        wrappers: dict[tuple[str, int, str], Wrapper] = {}
        for path in self.files():
            view = self.program.view(path)
            for sending in self._in_file(view, wrappers):
                found.setdefault((sending.path, sending.call), sending)
        queue = list(wrappers.values())
        while queue:
            wrapper = queue.pop(0)
            for sending in self._through(wrapper, wrappers, queue):
                found.setdefault((sending.path, sending.call), sending)
        return sorted(found.values(), key=lambda item: (item.path, item.call))

    def files(self) -> Iterator[str]:
        sources = self.program.sources
        seen = set(sources.code_matching(VERBS, VERB))
        yield from sources.code_matching(VERBS, VERB)
        for path in sources.code_matching(PARTS, PART, texts=PART_TEXTS):
            if path not in seen and sources.has_match(path, BUILDER):
                yield path

    # Direct

    def _in_file(self, view: FileView, wrappers: dict[tuple[str, int, str], Wrapper]) -> Iterator[Sending]:
        for method in sorted(TASK_METHODS):
            for number in view.calls_by_name.get(method, ()):
                value = self._callee(view, number)
                sending = self._sending(view, number, value)
                if sending is not None:
                    yield sending
                elif isinstance(value, ExternalMethod) and isinstance(value.receiver, ParameterValue):
                    self._add_wrapper(view, number, value.receiver, method, wrappers)
            for number, argument in view.arguments_by_name.get(method, ()):
                yield from self._handed_on(view, number, argument)
        for number in view.calls_by_name.get("send_task", ()):
            value = self._callee(view, number)
            if isinstance(value, ExternalMethod) and value.name == "send_task":
                yield self._by_name(view, number)
        yield from self._called_values(view)

    def _callee(self, view: FileView, number: int) -> Value:
        call = view.facts.calls[number]
        return self.evaluator.value(call.func, self.program.place_of_call(view.path, call))

    def _use(self, view: FileView, number: int) -> Use:
        call = view.facts.calls[number]
        return Use("called", view.path, call.scope, call.frame, call.order, call.span, call.statement, number)

    def _sending(self, view: FileView, number: int, value: Value) -> Sending | None:
        use = self._use(view, number)
        if isinstance(value, Partial):
            value = value.callee
        if isinstance(value, TaskMethod):
            task, kind = target(value.receiver)
            waits = value.name in celery_knowledge.COMMIT_METHODS
            return Sending(view.path, number, task, value.name, kind, (use,), waits)
        if isinstance(value, External):
            parts = value.name.split(".")
            if parts[-1] in TASK_METHODS and "tasks" in parts[1:-2]:
                task = TaskValue("", -1, value.name.rpartition(".")[0])
                waits = parts[-1] in celery_knowledge.COMMIT_METHODS
                return Sending(view.path, number, task, parts[-1], "task", (use,), waits)
        return None

    def _by_name(self, view: FileView, number: int) -> Sending:
        call = view.facts.calls[number]
        expr = view.argument(call, 0, "name")
        value = self.evaluator.value(expr, self.program.place_of_call(view.path, call))
        name = value.value if isinstance(value, Literal) else None
        task = self.evaluator.results.named_task(name)
        if not isinstance(task, TaskValue):
            task = TaskValue("", -1, "send_task(…)")
        return Sending(view.path, number, task, "send_task", "name", (self._use(view, number),))

    def _called_values(self, view: FileView) -> Iterator[Sending]:
        """`chain(…)()`, `(a.s() | b.s())()`, and variables that hold a canvas, `task.delay` or a partial of it."""
        for number, call in enumerate(view.facts.calls):
            if not self._may_hold_message(view, call.func, self.program.place_of_call(view.path, call)):
                continue
            value = self._callee(view, number)
            if isinstance(value, Signature) and value.kind in SENDING_CANVASES:
                task, _ = target(value)
                yield Sending(view.path, number, task, "", value.kind, (self._use(view, number),))
            elif isinstance(value, TaskMethod | Partial):
                sending = self._sending(view, number, value)
                if sending is not None:
                    yield sending

    def _may_hold_message(self, view: FileView, expr: s.Expr | None, place: Place) -> bool:
        """Whether what is called could be a canvas, a bound method of a task or a partial of one."""
        if isinstance(expr, s.Operation):
            return expr.operator == "|"
        if isinstance(expr, s.CallRef):
            return last_name(view.facts.calls[expr.index].func) in MAKERS
        if not isinstance(expr, s.Name):
            return False
        entries = self.evaluator.names.entries(expr.id, place)
        for entry in entries[2] if entries is not None else ():
            value = entry.binding.value if entry.binding is not None else None
            if isinstance(value, s.Attribute) and value.name in TASK_METHODS:
                return True
            if isinstance(value, s.Operation | s.CallRef) and entries is not None:
                return self._may_hold_message(entries[0], value, place)
        return False

    def _handed_on(self, view: FileView, number: int, argument: int | str) -> Iterator[Sending]:
        """`run(task.delay)` and `on_commit(partial(task.delay, 1))`: sent where the callback is called."""
        call = view.facts.calls[number]
        value = self.evaluator.value(given(call, argument), self.program.place_of_call(view.path, call))
        if not isinstance(value, TaskMethod):
            return
        uses = tuple(self.callers.handed(view, number, argument, 0))
        if not uses:
            return
        task, kind = target(value.receiver)
        waits = value.name in celery_knowledge.COMMIT_METHODS or any(use.kind == "deferred" for use in uses)
        yield Sending(view.path, number, task, value.name, kind, uses, waits, "callback")

    # Wrappers

    def _add_wrapper(
        self,
        view: FileView,
        number: int,
        parameter: ParameterValue,
        method: str,
        wrappers: dict[tuple[str, int, str], Wrapper],
    ) -> None:
        use = self._use(view, number)
        waits = method in celery_knowledge.COMMIT_METHODS or self._is_deferred(view, use, parameter.scope)
        key = (parameter.path, parameter.scope, parameter.name)
        wrappers.setdefault(key, Wrapper(*key, method, use, waits))

    def _is_deferred(self, view: FileView, use: Use, outer: int) -> bool:
        """Whether a place in a function is reached only after the commit."""
        around = self.transactions.around(view.path, use.frame, use.order)
        if around.kind == "deferred":
            return True
        if around.kind == "function" and around.scope != outer and within(view.facts.scopes, around.scope, outer):
            uses = self.callers.uses(State(view.path, around.scope))
            return bool(uses) and all(other.kind == "deferred" for other in uses)
        return False

    def _through(
        self, wrapper: Wrapper, wrappers: dict[tuple[str, int, str], Wrapper], queue: list[Wrapper]
    ) -> Iterator[Sending]:
        """The calls of a wrapper that hand it a task; a caller that hands on its own parameter is one too."""
        for use in self.callers.uses(self._state(wrapper.path, wrapper.scope)):
            if use.kind != "called" or use.call < 0:
                continue
            view = self.program.view(use.path)
            value = self._handed_task(view, use.call, wrapper)
            if isinstance(value, ParameterValue):
                key = (value.path, value.scope, value.name)
                if key not in wrappers:
                    waits = wrapper.waits or self._is_deferred(view, use, value.scope)
                    wrappers[key] = Wrapper(*key, wrapper.method, use, waits)
                    queue.append(wrappers[key])
            elif isinstance(value, TaskValue | Signature):
                task, kind = target(value)
                inner = wrapper.inner
                spot = replace(use, inside=(inner.path, inner.frame, inner.order))
                yield Sending(use.path, use.call, task, wrapper.method, kind, (spot,), wrapper.waits, "wrapper")

    def _state(self, path: str, scope: int) -> State:
        view = self.program.view(path)
        cls = view.class_of(scope)
        return State(path, scope, ClassValue(path, cls) if cls > 0 else None)

    def _handed_task(self, view: FileView, number: int, wrapper: Wrapper) -> Value | None:
        call = view.facts.calls[number]
        place = self.program.place_of_call(view.path, call)
        function, shift = behind(self.evaluator.value(call.func, place))
        if function is None or (function.path, function.scope) != (wrapper.path, wrapper.scope):
            return None
        parameters = self.program.view(wrapper.path).facts.scopes[wrapper.scope].parameters
        expr = view.argument_for(call, parameters, wrapper.parameter, shift)
        return self.evaluator.value(expr, place) if expr is not None else None


def is_delayed(call: s.Call) -> bool:
    """Whether a message is sent with a countdown or a time, known or not."""
    return any(keyword.name in ("countdown", "eta") for keyword in call.keywords)


def target(receiver: TaskValue | Signature) -> tuple[TaskValue, str]:
    """The task a dispatch names first, and whether it goes through "task", "signature" or a kind of canvas."""
    if isinstance(receiver, TaskValue):
        return receiver, "task"
    task = receiver.tasks[0] if receiver.tasks else TaskValue("", -1, f"{receiver.kind}(…)")
    return task, receiver.kind
