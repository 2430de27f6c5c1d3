"""Where a program waits for the results of tasks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from celery_lint.facts import schema as s
from celery_lint.finding import Nomination, Step
from celery_lint.project.bodies.ways import state_of, way_to
from celery_lint.project.dispatch import parts_of
from celery_lint.project.program import Place
from celery_lint.project.site import CallSite
from celery_lint.project.sources import attribute
from celery_lint.project.uses import State, Use
from celery_lint.project.values import External, ExternalMethod, Instance, Literal, Signature, TaskMethod, TaskValue
from celery_lint.project.view import FileView

if TYPE_CHECKING:
    from celery_lint.project.project import Project

__all__ = ["Wait", "questions", "waits"]

WAITING = ("get", "wait", "join", "join_native")
RESULTS = frozenset(
    {
        "celery.result.AsyncResult",
        "celery.result.GroupResult",
        "celery.result.ResultSet",
        "celery.result.EagerResult",
    }
)
ASKED = ("ready", "successful", "failed")
STATES = ("state", "status")
SENT = ("delay", "apply_async", "apply", "AsyncResult", "GroupResult")
SENDING = re.compile(attribute(*SENT[:3]).pattern + rb"|AsyncResult|GroupResult")
ALLOWED = "celery.result.allow_join_result"
DEEPEST = 5


class Wait(CallSite, frozen=True, dict=True):
    """A call that waits for a result."""

    @cached_property
    def is_allowed(self) -> bool:
        """Whether Celery is told not to mind: `disable_sync_subtasks=False` or `with allow_join_result():`."""
        for keyword in self.call.keywords:
            if keyword.name is None or (
                keyword.name == "disable_sync_subtasks" and self.value_of(keyword.value) != Literal("bool", True)
            ):
                return True
        for _, frame in self.view.scope_frames(self.call.frame):
            call = self.view.call(frame.expr) if frame.kind == "with" else None
            if call is not None and self.value_of(call.func) == External(ALLOWED):
                return True
        return False

    @cached_property
    def way_from_task(self) -> tuple[Step, ...] | None:
        """The calls from a task down to here, none for a task's own body; None where no task is known to lead here."""
        scope = self.view.function_of(self.call.scope)
        return self._way(self.project.reach.state(self.path, scope), 0)

    @cached_property
    def way_from_request(self) -> tuple[Step, ...] | None:
        """The calls from a view down to here, none in the view itself; None where no view is known to lead here."""
        call = self.call

        def is_request(path: str, scope: int) -> bool:
            return self.project.entries.is_request(state_of(self.project, path, scope, None, frozenset()))

        way = way_to(self.project, self.path, call.scope, call.frame, call.order, is_request)
        return None if way is None else way.steps(self.project)

    @cached_property
    def has_timeout(self) -> bool | None:
        """Whether it gives up at some time; None when that cannot be told."""
        call = self.call
        if any(keyword.name is None for keyword in call.keywords) or any(isinstance(a, s.Spread) for a in call.args):
            return None
        given = self.view.argument(call, 0, "timeout")
        if given is None:
            return False
        value = self.value_of(given)
        if isinstance(value, Literal):
            return value.value is not None
        return None

    @cached_property
    def may_be_over(self) -> bool:
        """Whether the function asks if the result is there, or the task has already run where it was called."""
        if is_eager(self.project, *self._base):
            return True
        function = self.view.function_of(self.call.scope)
        asked = (number for name in ASKED for number in self.view.calls_by_name.get(name, ()))
        if any(self.view.function_of(self.view.facts.calls[number].scope) == function for number in asked):
            return True
        tests = (frame.expr for _, frame in self.view.scope_frames(self.call.frame) if frame.kind == "if")
        return any(expr is not None and mentions_state(expr) for expr in tests)

    @cached_property
    def missing_because(self) -> str:
        """Why the result is never there, in words; "" when it may be."""
        base, place = self._base
        if is_eager(self.project, base, place):
            return ""
        if self.project.kind_of_backend(self.path) == "none":
            return "no result backend is configured"
        followed, there = self.project.evaluator.names.followed(base, place)
        call = self.project.program.view(there.path).call(followed)
        callee = self.project.evaluator.value(call.func, there) if call is not None else None
        if call is None or not isinstance(callee, TaskMethod) or not isinstance(callee.receiver, TaskValue):
            return ""
        task = self.project.tasks.of(callee.receiver)
        said = callee.name == "apply_async" and any(k.name in (None, "ignore_result") for k in call.keywords)
        ignores = task.inherited_option("ignore_result") == Literal("bool", True)
        return f"`{task.name}` ignores its results" if ignores and callee.receiver.is_certain and not said else ""

    @property
    def _base(self) -> tuple[s.Expr, Place]:
        """The result it waits for."""
        func = self.call.func
        return (func.base if isinstance(func, s.Attribute) else func), self.place

    @property
    def is_command(self) -> bool:
        """Whether it stands in a management command or at the top of a script, where somebody watches it."""
        return "management/commands/" in self.path or self.view.function_of(self.call.scope) <= 0

    def _way(self, state: State, depth: int) -> tuple[Step, ...] | None:
        if state.scope == 0 or depth > DEEPEST:
            return None
        if self.project.entries.is_task(state):
            return ()
        for use in self.project.callers.uses(state):
            if use.kind != "called" or self._is_allowed_at(use):
                continue
            caller = self.project.program.view(use.path).function_of(use.scope)
            above = self._way(self.project.reach.state(use.path, caller), depth + 1)
            if above is not None:
                return (*above, Step(self.project.program.location(use.path, use.span), "called here"))
        return None

    def _is_allowed_at(self, use: Use) -> bool:
        view = self.project.program.view(use.path)
        return any(frame.kind in ("with", "if") for _, frame in view.scope_frames(use.frame))

    def nominate_wait(
        self, rule: str, trace: tuple[Step, ...] = (), *, label: str = "waits here", because: str = ""
    ) -> Nomination:
        """A nomination at the call; `{method}` is filled in, and `{reason}` where there is one."""
        reason = {"reason": because} if because else {}
        return self.nominate(rule, {"method": self.method, **reason}, label=label, trace=trace)


def waits(project: Project) -> tuple[Wait, ...]:
    """Every call outside tests that certainly waits for the result of a task."""
    return tuple(calls_on_results(project, WAITING))


def questions(project: Project) -> tuple[Wait, ...]:
    """Every call outside tests that certainly asks a result whether it is there."""
    return tuple(calls_on_results(project, ASKED))


def calls_on_results(project: Project, methods: tuple[str, ...]) -> Iterator[Wait]:
    for path in project.sources.code_matching(SENT, SENDING):
        for number in in_file(project, project.program.view(path), methods):
            yield Wait(project, path, number)


def in_file(project: Project, view: FileView, methods: tuple[str, ...]) -> Iterator[int]:
    for method in methods:
        for number in view.calls_by_name.get(method, ()):
            call = view.facts.calls[number]
            if isinstance(call.func, s.Attribute) and is_result(
                project, call.func.base, project.program.place_of_call(view.path, call)
            ):
                yield number


def is_result(project: Project, expr: s.Expr, place: Place) -> bool:
    """Whether an expression certainly is what sending a task or a canvas gives."""
    value = project.evaluator.value(expr, place)
    if isinstance(value, Instance) and isinstance(value.cls, External) and value.cls.name in RESULTS:
        return True
    followed, there = project.evaluator.names.followed(expr, place)
    call = project.program.view(there.path).call(followed)
    if call is None:
        return False
    callee = project.evaluator.value(call.func, there)
    if isinstance(callee, TaskMethod):
        return callee.name in ("delay", "apply_async")
    if isinstance(callee, ExternalMethod) and callee.name == "apply":
        return isinstance(callee.receiver, TaskValue | Signature)
    return isinstance(callee, Signature) and callee.kind in ("chain", "group")


def is_eager(project: Project, expr: s.Expr, place: Place) -> bool:
    """Whether an expression is what `apply()` gives: the task has run by then."""
    value = project.evaluator.value(expr, place)
    if isinstance(value, Instance) and value.cls == External("celery.result.EagerResult"):
        return True
    followed, there = project.evaluator.names.followed(expr, place)
    call = project.program.view(there.path).call(followed)
    return call is not None and isinstance(call.func, s.Attribute) and call.func.name == "apply"


def mentions_state(expr: s.Expr) -> bool:
    """Whether an expression reads the state of something."""
    if isinstance(expr, s.Attribute) and expr.name in STATES:
        return True
    return any(mentions_state(part) for part in parts_of(expr))
