"""Calls of `transaction.on_commit` and what they are given."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from celery_lint.facts import schema as s
from celery_lint.finding import (
    Applicability,
    Fix,
    Location,
    Operation,
    ReplaceText,
)
from celery_lint.knowledge.celery import SEND_METHODS
from celery_lint.project.commit import spelled
from celery_lint.project.dispatch import Dispatch, names_in
from celery_lint.project.site import CallSite
from celery_lint.project.tasks import Task
from celery_lint.project.transactions import Around
from celery_lint.project.values import (
    FunctionValue,
    LambdaValue,
    Literal,
    Partial,
    Signature,
    TaskMethod,
    TaskValue,
    Value,
)
from celery_lint.project.view import FileView, within

if TYPE_CHECKING:
    from celery_lint.project.project import Project

__all__ = ["Handover", "handovers"]

PARAMETERS = ("func", "using", "robust")


class Handover(CallSite, frozen=True, dict=True):
    """One call of `on_commit`."""

    @property
    def callback(self) -> s.Expr | None:
        return self.view.argument(self.call, 0, "func")

    @cached_property
    def value(self) -> Value:
        return self.value_of(self.callback)

    @cached_property
    def around(self) -> Around:
        return self.project.transactions.around(self.path, self.call.frame, self.call.order)

    def is_for(self, using: str | None) -> bool | None:
        """Whether it waits for the named database's commit; None when the database cannot be told."""
        expr = self.view.argument(self.call, 1, "using")
        if expr is None:
            return using is None
        value = self.value_of(expr)
        if not isinstance(value, Literal):
            return None
        return (None if value.value in (None, "default") else value.value) == using

    @cached_property
    def called_dispatch(self) -> Dispatch | None:
        """The dispatch that is made in place of the callback: `on_commit(task.delay(x))`."""
        if not isinstance(self.callback, s.CallRef):
            return None
        dispatch = self.project.dispatch_at(self.path, self.callback.index)
        return dispatch if dispatch is not None and not dispatch.sending.via else None

    def holds(self, dispatch: Dispatch) -> bool:
        """Whether the dispatch is its callback: `task.delay` itself, or a partial of it."""
        if dispatch.sending.via != "callback":
            return False
        if dispatch.sending.call == self.number:
            return isinstance(self.callback, s.Attribute)
        return self.callback == s.CallRef(dispatch.sending.call)

    @cached_property
    def has_extra_arguments(self) -> bool:
        """`on_commit(task.delay, order.pk)`: the second parameter is the database alias."""
        if any(k.name is not None and k.name not in PARAMETERS for k in self.call.keywords):
            return True
        if len(self.call.args) > 3:
            return True
        if len(self.call.args) < 2:
            return False
        if self._second_kind is not None:
            return self._second_kind not in ("str", "NoneType")
        second = self.call.args[1]
        return isinstance(second, s.Attribute) and second.name in ("pk", "id")

    @cached_property
    def _second_kind(self) -> str | None:
        """The type of the second argument where it is a constant."""
        if len(self.call.args) < 2:
            return None
        value = self.value_of(self.call.args[1])
        return value.kind if isinstance(value, Literal) else None

    @cached_property
    def task(self) -> Task | None:
        """The task whose message the callback sends, where it is certain."""
        value = self.value
        if isinstance(value, Partial):
            value = value.callee
        if isinstance(value, TaskMethod):
            receiver = value.receiver
            task = receiver if isinstance(receiver, TaskValue) else next(iter(receiver.tasks), None)
            return self.project.tasks.of(task) if task is not None else None
        if isinstance(value, LambdaValue | FunctionValue):
            for dispatch in self.project.dispatches:
                if dispatch.path == value.path and within(
                    self.project.program.view(value.path).facts.scopes, dispatch.call.scope, value.scope
                ):
                    return dispatch.task
        return None

    @cached_property
    def signature_task(self) -> Task | None:
        """The task of a plain signature that is handed over as if it were a callback."""
        if isinstance(self.value, Signature) and self.value.kind == "signature":
            if self.value.tasks:
                return self.project.tasks.of(self.value.tasks[0])
            return self.project.tasks.of(TaskValue("", -1, "the task"))
        return None

    # Late binding

    @cached_property
    def late_bound_name(self) -> str | None:
        """A name that the callback reads and that a loop around it, within the transaction, sets anew."""
        if not isinstance(self.value, LambdaValue | FunctionValue) or self.value.path != self.path:
            return None
        view = self.view
        inner = view.facts.scopes[self.value.scope]
        if inner.parent != self.call.scope:
            return None
        bound = {parameter.name for parameter in inner.parameters}
        bound |= {name for (scope, name) in view.definitions if scope == self.value.scope}
        read = set(self._names_read(view, self.value.scope)) - bound
        for number, frame in view.scope_frames(self.call.frame):
            if frame.kind == "with" and self.project.transactions.opened_by(view, number, frame, self.call.order):
                return None
            if frame.kind in ("loop", "comprehension"):
                if self._leaves(view, number):
                    return None
                rebound = self._bound_in(view, number)
                late = sorted(read & rebound)
                if late:
                    return late[0]
        return None

    def _names_read(self, view: FileView, scope: int) -> list[str]:
        scopes = view.facts.scopes
        exprs: list[s.Expr] = []
        for call in view.facts.calls:
            if within(scopes, call.scope, scope):
                exprs += [call.func, *call.args, *(keyword.value for keyword in call.keywords)]
        exprs += [b.value for b in view.facts.bindings if b.value is not None and within(scopes, b.scope, scope)]
        exprs += [r.value for r in view.facts.returns if r.value is not None and within(scopes, r.scope, scope)]
        body = scopes[scope].body
        return list(names_in(view, (*exprs, *((body,) if body is not None else ()))))

    def _bound_in(self, view: FileView, frame: int) -> set[str]:
        return {
            binding.target
            for binding in view.facts.bindings
            if binding.base is None
            and binding.scope == self.call.scope
            and any(number == frame for number, _ in view.scope_frames(binding.frame))
        }

    def _leaves(self, view: FileView, loop: int) -> bool:
        """Whether the loop is left for good right after the callback was handed over."""
        return any(
            item.kind in ("return", "raise")
            and item.order > self.call.order
            and item.frame == self.call.frame
            and any(number == loop for number, _ in view.scope_frames(item.frame))
            for item in view.facts.returns
        )

    # Fixes

    def _is_given_only(self, name: str) -> bool:
        """`on_commit(name)`, without blanks, commas or comments."""
        return not self.call.keywords and self.project.text(self.location).partition("(")[2] == f"{name})"

    def with_partial(self, dispatch: Dispatch) -> Fix | None:
        """`on_commit(task.delay(x))` → `on_commit(partial(task.delay, x))`."""
        return self._partial("hand over the method, not its result", dispatch.location, dispatch.sending.call)

    def with_arguments(self) -> Fix | None:
        """`on_commit(task.delay, order.pk)` → `on_commit(partial(task.delay, order.pk))`.

        None where one of the arguments may be meant for `on_commit` itself.
        """
        value = self.value
        own = any(keyword.name in (None, *PARAMETERS) for keyword in self.call.keywords)
        if own or not isinstance(value, TaskMethod) or value.name not in SEND_METHODS or not is_plain(self.call.func):
            return None
        if any(isinstance(arg, s.Spread) for arg in self.call.args) or self._second_kind in ("str", "NoneType"):
            return None
        place = self.location
        opening = self.project.text(place).partition("(")[0]
        if "\n" in opening:
            return None
        partial, imports = spelled(self.view, "functools", None, "partial")
        start = place.column + len(opening) + 1
        operations = (
            ReplaceText(Location(self.path, place.line, start, place.line, start), f"{partial}("),
            ReplaceText(self._closing, ")"),
            *imports,
        )
        return Fix("hand over the method with its arguments", Applicability.SAFE, operations)

    @property
    def _closing(self) -> Location:
        """The empty region before the closing parenthesis."""
        place = self.location
        return Location(self.path, place.end_line, place.end_column - 1, place.end_line, place.end_column - 1)

    def bound_early(self) -> Fix | None:
        """`on_commit(lambda: task.delay(order.pk))` → `on_commit(partial(task.delay, order.pk))`."""
        if not isinstance(self.callback, s.LambdaRef):
            return None
        record = self.view.facts.scopes[self.callback.scope]
        if record.parameters or not isinstance(record.body, s.CallRef):
            return None
        location = self.project.program.location(self.path, record.span)
        return self._partial("take the values now, not at the commit", location, record.body.index)

    def with_using(self, using: str) -> Fix | None:
        """`on_commit(f)` → `on_commit(f, using="other")`."""
        names_one = len(self.call.args) > 1 or any(keyword.name in ("using", None) for keyword in self.call.keywords)
        if names_one or self.project.text(self.location)[:-1].rstrip().endswith(","):
            return None
        return Fix("wait for that database", Applicability.SAFE, (ReplaceText(self._closing, f', using="{using}"'),))

    def _partial(self, title: str, replaced: Location, number: int) -> Fix | None:
        """The region becomes a partial of the call, whose arguments are then evaluated where it stands."""
        call = self.view.facts.calls[number]
        if not is_plain(call.func):
            return None
        partial, imports = spelled(self.view, "functools", None, "partial")
        text = self.project.text(self.project.program.location(self.path, call.span))
        opening = text.find("(")
        inside = text[opening + 1 : -1].strip()
        changed = f"{partial}({text[:opening]}, {inside})" if inside else text[:opening]
        operations: tuple[Operation, ...] = (ReplaceText(replaced, changed), *(imports if inside else ()))
        return Fix(title, Applicability.SAFE, operations)

    def with_delay(self) -> Fix | None:
        """`on_commit(task.s(x))` → `on_commit(task.s(x).delay)`."""
        callback = self.callback
        if isinstance(callback, s.CallRef):
            span = self.view.facts.calls[callback.index].span
            end = Location(self.path, span.end_line, span.end_column, span.end_line, span.end_column)
        elif isinstance(callback, s.Name) and self._is_given_only(callback.id):
            end = self._closing
        else:
            return None
        return Fix("send the signature when it commits", Applicability.SAFE, (ReplaceText(end, ".delay"),))


def handovers(project: Project) -> tuple[Handover, ...]:
    """Every call of `on_commit` outside tests."""
    found = []
    for path in project.sources.code_containing("on_commit"):
        view = project.program.view(path)
        names = {"on_commit", *view.names_imported.get("on_commit", ())}
        for name in sorted(names):
            for number in view.calls_by_name.get(name, ()):
                call = view.facts.calls[number]
                value = project.evaluator.value(call.func, project.program.place_of_call(path, call))
                if project.evaluator.is_on_commit(value):
                    found.append(Handover(project, path, number))
    return tuple(sorted(found, key=lambda item: (item.path, item.number)))


def is_plain(expr: s.Expr) -> bool:
    """A name, or attributes of one."""
    while isinstance(expr, s.Attribute):
        expr = expr.base
    return isinstance(expr, s.Name)
