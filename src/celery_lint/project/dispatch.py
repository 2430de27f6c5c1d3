"""A dispatch as rules see it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

from celery_lint.facts import schema as s
from celery_lint.finding import Fix, Location, Nomination, Severity, Step
from celery_lint.knowledge import celery as celery_knowledge
from celery_lint.project.dispatches import Sending, is_delayed
from celery_lint.project.program import Place
from celery_lint.project.site import CallSite
from celery_lint.project.tasks import Task
from celery_lint.project.transactions import Around
from celery_lint.project.uses import State
from celery_lint.project.values import Literal, QuerySet
from celery_lint.project.view import FileView

__all__ = ["Dispatch", "names_in"]

ROLLBACKS = ("set_rollback", "savepoint_rollback", "rollback")


class Dispatch(CallSite, frozen=True, dict=True):
    """A place where a message for a task is sent."""

    sending: Sending

    @cached_property
    def task(self) -> Task:
        return self.project.tasks.of(self.sending.task)

    @property
    def waits_for_commit(self) -> bool:
        """Whether the message leaves only when the transaction commits."""
        return self.sending.waits or self.task.waits_for_commit(self.sending.method)

    @property
    def is_commit_method(self) -> bool:
        """Whether it is a plain call of `delay_on_commit` or `apply_async_on_commit`."""
        direct = not self.sending.via and isinstance(self.call.func, s.Attribute)
        return direct and self.sending.method in celery_knowledge.COMMIT_METHODS

    @property
    def result_is_used(self) -> bool:
        return self.call.use != "discarded"

    @cached_property
    def around(self) -> Around:
        return self.project.transactions.around(self.path, self.call.frame, self.call.order)

    @property
    def is_in_async_function(self) -> bool:
        return self.view.facts.scopes[self.call.scope].is_async

    @cached_property
    def definition(self) -> tuple[Step, ...]:
        """Where the task is defined, as the last step of a trace."""
        location = self.task.location
        return (Step(location, "task defined here", aside=True),) if location else ()

    @cached_property
    def countdown(self) -> float | None:
        """Seconds, where `countdown=` is a literal."""
        for keyword in self.call.keywords:
            if keyword.name == "countdown":
                value = self.value_of(keyword.value)
                if isinstance(value, Literal) and value.kind in ("int", "float") and value.value is not None:
                    return float(value.value)
        return None

    @cached_property
    def follows_another_at_once(self) -> bool:
        """Whether the same function sends the same object earlier, and without a countdown."""
        names = set(names_in(self.view, self._given))
        return any(
            other.path == self.path
            and other.call.scope == self.call.scope
            and other.call.order < self.call.order
            and not other.is_delayed
            and not names.isdisjoint(names_in(other.view, other._given))
            for other in self.project.dispatches
        )

    @property
    def is_delayed(self) -> bool:
        return is_delayed(self.call)

    @property
    def _given(self) -> tuple[s.Expr, ...]:
        return (*self.call.args, *(keyword.value for keyword in self.call.keywords))

    @cached_property
    def is_in_task(self) -> bool:
        """Whether the enclosing function is a task, or only tasks are known to call it."""
        return self._is_task(State(self.path, self.view.function_of(self.call.scope)), 0)

    def _is_task(self, state: State, depth: int) -> bool:
        if state.scope == 0 or depth > 4:
            return False
        project = self.project
        if project.entries.is_task(state):
            return True
        uses = project.callers.uses(project.reach.state(state.path, state.scope))
        return bool(uses) and all(
            self._is_task(State(use.path, project.program.view(use.path).function_of(use.scope)), depth + 1)
            for use in uses
        )

    @cached_property
    def written_before(self) -> Location | None:
        """The latest write, earlier in the same function, of an object that the dispatch names."""
        names = set(names_in(self.view, self._given))
        found = None
        for number in self.view.calls_by_scope.get(self.call.scope, ()):
            call = self.view.facts.calls[number]
            if call.order >= self.call.order or not isinstance(call.func, s.Attribute):
                continue
            target = self._target(call)
            if target in names and self.project.entries.is_write(self.view, call):
                found = self.project.program.location(self.path, call.span)
        return found

    def _target(self, call: s.Call) -> str:
        """The variable a write is about: `order` of `order.save()` and of `order = Order.objects.create()`."""
        assert isinstance(call.func, s.Attribute)
        index = self.view.call_index.get(call.span, -1)
        for binding in self.view.facts.bindings:
            if binding.value == s.CallRef(index) and binding.path in ((), (0,)):
                return binding.target
        if call.func.name in ("save", "asave") and isinstance(call.func.base, s.Name):
            return call.func.base.id
        return ""

    @cached_property
    def rollback_after(self) -> Location | None:
        """A deliberate rollback later in the same function."""
        for number in self.view.calls_by_scope.get(self.call.scope, ()):
            call = self.view.facts.calls[number]
            if call.order > self.call.order and isinstance(call.func, s.Attribute) and call.func.name in ROLLBACKS:
                base = self.project.evaluator.value(call.func, self.project.program.place_of_call(self.path, call))
                if getattr(base, "name", "").startswith("django.db.transaction."):
                    return self.project.program.location(self.path, call.span)
        return None

    @cached_property
    def is_once_a_row(self) -> bool:
        """Whether it sends something of each row, in a loop over a queryset that nothing slices."""
        names = set(names_in(self.view, self._given))
        for number, frame in self.view.scope_frames(self.call.frame):
            if frame.kind != "loop" or frame.expr is None or isinstance(frame.expr, s.Item):
                continue
            place = Place(self.path, self.call.scope, frame.parent, frame.order)
            rows = {b.target for b in self.view.facts.bindings if b.kind == "loop" and b.frame == number}
            if rows & names and isinstance(self.project.evaluator.value(frame.expr, place), QuerySet):
                return True
        return False

    @cached_property
    def sends_key(self) -> bool:
        """Whether an argument is a primary key, which no row has before it is saved."""
        return any(is_key(self.view, expr) for expr in self._given)

    def nominate(
        self,
        rule: str,
        values: Mapping[str, str] | None = None,
        *,
        label: str = "sent here",
        trace: tuple[Step, ...] = (),
        fix: Fix | None = None,
        severity: Severity | None = None,
    ) -> Nomination:
        """A nomination at the dispatch; `{task}` is filled in."""
        values = {"task": self.task.name, **(values or {})}
        return super().nominate(rule, values, label=label, trace=trace, fix=fix, severity=severity)


def names_in(view: FileView, exprs: tuple[s.Expr, ...]) -> Iterator[str]:
    """Every name that the expressions read, those inside their calls included."""
    stack = list(exprs)
    while stack:
        expr = stack.pop()
        if isinstance(expr, s.Name):
            yield expr.id
        elif isinstance(expr, s.CallRef):
            call = view.facts.calls[expr.index]
            stack += [call.func, *call.args, *(keyword.value for keyword in call.keywords)]
        else:
            stack += parts_of(expr)


def parts_of(expr: s.Expr) -> list[s.Expr]:
    """The expressions directly inside one, calls and lambdas not entered."""
    if isinstance(expr, s.Attribute):
        return [expr.base]
    if isinstance(expr, s.Display):
        return list(expr.items)
    if isinstance(expr, s.Mapping):
        return [*(key for key in expr.keys if key is not None), *expr.values]
    if isinstance(expr, s.Choice):
        return list(expr.options)
    if isinstance(expr, s.Operation):
        return [expr.left, expr.right]
    if isinstance(expr, s.Comparison):
        return list(expr.operands)
    if isinstance(expr, s.Await | s.Spread | s.Negation):
        return [expr.value]
    if isinstance(expr, s.Item):
        return [expr.base, expr.index]
    if isinstance(expr, s.Joined):
        return list(expr.parts)
    if isinstance(expr, s.Comprehension):
        return [expr.element]
    return []


def is_key(view: FileView, expr: s.Expr) -> bool:
    if isinstance(expr, s.Attribute):
        return expr.name in ("pk", "id")
    if isinstance(expr, s.CallRef):
        return any(is_key(view, arg) for arg in view.facts.calls[expr.index].args)
    return any(is_key(view, part) for part in parts_of(expr)) if not isinstance(expr, s.Name) else False
