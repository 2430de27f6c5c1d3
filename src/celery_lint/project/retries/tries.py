"""What tasks do with exceptions: the `except` clauses that a task comes to."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from celery_lint.facts import schema as s
from celery_lint.finding import AddHandler, AddImport, Applicability, Fix, Nomination, Step
from celery_lint.knowledge.celery import EVERY_EXCEPTION, SEND_METHODS, SOFT_LIMIT_EXCEEDED
from celery_lint.project.retries.handlers import Handler, clauses_of, is_note
from celery_lint.project.retries.limits import has_soft_limit
from celery_lint.project.retries.options import autoretry_of
from celery_lint.project.view import FileView, last_name

if TYPE_CHECKING:
    from celery_lint.project.bodies.body import BodyCall
    from celery_lint.project.project import Project
    from celery_lint.project.tasks import Task

__all__ = ["TaskHandler", "task_handlers"]

NOTHING = s.Constant("NoneType", None)
DEEPEST = 2
"""How many calls may lie between a task and a handler that is still its own."""


class TaskHandler(Struct, frozen=True, dict=True):
    """An `except` clause that a task comes to: in its own function, or in one of the project that it calls; `outer` is
    then the call that leads there."""

    project: Project
    task: Task
    handler: Handler
    outer: BodyCall | None

    @property
    def view(self) -> FileView:
        return self.handler.view

    @cached_property
    def clauses(self) -> tuple[Handler, ...]:
        """Those of the same `try`, in order."""
        return clauses_of(self.project, self.view, self.handler.frame.of)

    @property
    def catches_everything(self) -> bool:
        return not EVERY_EXCEPTION.isdisjoint(self.handler.types)

    # The soft time limit, in loops

    @cached_property
    def swallows_soft_limit(self) -> bool:
        """Whether it takes the one exception of a soft limit, and the loop around it goes on without a limit."""
        takes = self.catches_everything and self.is_in_loop and self.goes_on and not self.lets_soft_limit_pass
        return takes and has_soft_limit(self.project, self.task)

    @property
    def is_in_loop(self) -> bool:
        """Whether the `try` stands directly in a loop, and is around some work: more than tasks that are sent."""
        around = (frame.kind for _, frame in self.view.scope_frames(self.handler.frame.parent))
        return next((kind for kind in around if kind != "with"), "") == "loop" and self._works

    @property
    def _works(self) -> bool:
        facts = self.view.facts
        body = (call for call in facts.calls if self._is_in(call.frame, self.handler.frame.of))
        return any(not is_note(call) and last_name(call.func) not in SEND_METHODS for call in body)

    @property
    def goes_on(self) -> bool:
        """Whether what follows the `try` runs after it: it neither raises nor leaves the function or the loop."""
        return self.handler.ends_quietly and not self.handler.leaves

    @property
    def lets_soft_limit_pass(self) -> bool:
        """Whether a clause before it is for the soft limit, or may be."""
        for clause in self.clauses:
            if clause.number == self.handler.number:
                return False
            if "?" in clause.types or not SOFT_LIMIT_EXCEEDED.isdisjoint(clause.types):
                return True
        return False

    @property
    def soft_limit_passed(self) -> Fix:
        """The fix that lets the soft limit through before the clause."""
        operations = (
            AddHandler(self.handler.location, "SoftTimeLimitExceeded"),
            AddImport(self.view.path, "celery.exceptions", "SoftTimeLimitExceeded"),
        )
        return Fix("let the soft limit end the task", Applicability.UNSAFE, operations)

    # The whole task

    @cached_property
    def hides_errors(self) -> bool:
        """Whether it takes every error of the task, and leaves nothing but a line in a log: it is in the task's own
        function, around all that the function does."""
        handler = self.handler
        if self.outer is not None or not self.catches_everything or not handler.ends_quietly:
            return False
        return handler.only_notes and not self._returns_something and self._is_around_everything

    @property
    def _returns_something(self) -> bool:
        items = (item for item in self.view.facts.returns if item.frame in self.handler.inside)
        return any(item.value not in (None, NOTHING) for item in items)

    def _is_in(self, frame: int, outer: int) -> bool:
        return any(number == outer for number, _ in self.view.scope_frames(frame))

    @property
    def _is_around_everything(self) -> bool:
        """Whether the `try` stands directly in the function, and only looks things up before it, and nothing comes
        after it."""
        frame, facts = self.handler.frame, self.view.facts
        kinds = [record.kind for _, record in self.view.scope_frames(frame.parent)]
        if not set(kinds) <= {"scope", "with"}:
            return False
        last = max((record.order for record in self._parts), default=0)
        for call in facts.calls:
            if call.scope != frame.scope or is_note(call) or self._is_part(call.frame):
                continue
            if call.order > last or call.use == "discarded":
                return False
        return True

    @cached_property
    def _parts(self) -> tuple[s.Frame, ...]:
        """The blocks of the `try`: its body, its clauses, `else` and `finally`."""
        body = self.handler.frame.of
        return tuple(f for n, f in enumerate(self.view.facts.frames) if n == body or f.of == body)

    def _is_part(self, frame: int) -> bool:
        body = self.handler.frame.of
        return any(number == body or record.of == body for number, record in self.view.scope_frames(frame))

    # Automatic retries

    @cached_property
    def repeats_autoretry(self) -> bool:
        """Whether it only writes down what was raised, and raises it again, in the function of a task whose
        `autoretry_for` has it and so has Celery write it down."""
        handler, facts = self.handler, self.view.facts
        if self.outer is not None or not handler.only_notes or not handler.calls or not self._is_autoretried:
            return False
        exits = [item for item in facts.returns if item.frame in handler.inside]
        if len(exits) != 1 or exits[0].kind != "raise" or exits[0].frame != handler.number:
            return False
        caught = handler.caught_as
        return exits[0].value in (None, caught) and all(says_only(self.view, call, caught) for call in handler.calls)

    @property
    def _is_autoretried(self) -> bool:
        """Whether each exception that it takes certainly asks for another run by itself."""
        option = autoretry_of(self.project, self.task)
        return option is not None and (option.retries_everything or self.handler.types <= option.names)

    def nominate(self, rule: str, values: dict[str, str] | None = None, fix: Fix | None = None) -> Nomination:
        location = self.handler.location
        trace: tuple[Step, ...] = ()
        if self.outer is not None:
            trace = (*self.outer.steps, Step(self.outer.location, "called here"))
        values = {"task": self.task.name.rpartition(".")[2], **(values or {})}
        return Nomination(rule, location, location, values, expect="handler", trace=trace, fix=fix)


def says_only(view: FileView, call: s.Call, caught: s.Expr | None) -> bool:
    """Whether what a log gets is made of constants and the exception."""
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    while given:
        expr = given.pop()
        if isinstance(expr, s.Joined):
            given += expr.parts
        elif isinstance(expr, s.Operation):
            given += (expr.left, expr.right)
        elif isinstance(expr, s.CallRef):
            if not is_note(view.facts.calls[expr.index]):
                return False
        elif not isinstance(expr, s.Constant) and expr != caught:
            return False
    return True


def task_handlers(project: Project) -> Iterator[TaskHandler]:
    """Each clause once: those of tasks' own functions, and those of functions that a task with a soft limit calls,
    for the first task that comes to it by the shortest way."""
    seen: set[tuple[str, int]] = set()
    for task in project.tasks.all:
        body = task.body
        if body is None:
            continue
        ways: dict[tuple[str, int], BodyCall | None] = {(body.function.path, body.function.scope): None}
        for call in body.calls(DEEPEST) if has_soft_limit(project, task) else ():
            ways.setdefault((call.path, call.call.scope), call.outer)
        for (path, scope), outer in ways.items():
            view = project.program.view(path)
            for number, frame in enumerate(view.facts.frames):
                if frame.kind == "except" and frame.scope == scope and (path, number) not in seen:
                    seen.add((path, number))
                    yield TaskHandler(project, task, Handler(project, view, number), outer)
