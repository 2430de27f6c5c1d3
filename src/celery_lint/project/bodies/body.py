"""What a task does: the calls that its body makes, itself and through functions of the project."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from celery_lint.facts import schema as s
from celery_lint.finding import Location, Step
from celery_lint.project.program import Place
from celery_lint.project.values import FunctionValue, Value, behind
from celery_lint.project.view import FileView

if TYPE_CHECKING:
    from celery_lint.project.evaluate import Evaluator

__all__ = ["Body", "BodyCall"]

DEEPEST = 4
"""How many calls may lie between the body and a call that is still counted as its own doing."""

WIDEST = 150
"""How many functions of the project are looked into for one body."""


class BodyCall(Struct, frozen=True, dict=True):
    """A call that happens while the body runs; `outer` is the call through which its function is reached."""

    evaluator: Evaluator
    path: str
    number: int
    outer: BodyCall | None = None

    @property
    def view(self) -> FileView:
        return self.evaluator.program.view(self.path)

    @property
    def call(self) -> s.Call:
        return self.view.facts.calls[self.number]

    @property
    def place(self) -> Place:
        return self.evaluator.program.place_of_call(self.path, self.call)

    @cached_property
    def callee(self) -> Value:
        return self.evaluator.value(self.call.func, self.place)

    @property
    def location(self) -> Location:
        return self.evaluator.program.location(self.path, self.call.span)

    @property
    def statement(self) -> Location:
        return self.evaluator.program.location(self.path, self.view.statement(self.call.statement))

    @property
    def depth(self) -> int:
        return 0 if self.outer is None else self.outer.depth + 1

    @property
    def outermost(self) -> BodyCall:
        """The call in the body itself that leads to it, or is it."""
        return self if self.outer is None else self.outer.outermost

    @property
    def steps(self) -> tuple[Step, ...]:
        """The calls that lead from the body to it, without itself."""
        return () if self.outer is None else (*self.outer.steps, Step(self.outer.location, "called here"))

    def frames(self) -> Iterator[tuple[FileView, int, s.Frame]]:
        """The blocks around it, from the inside out: those of its own function, then those around the call of that
        function, up to the body's own."""
        for number, frame in self.view.scope_frames(self.call.frame):
            yield self.view, number, frame
        if self.outer is not None:
            yield from self.outer.frames()


class Body(Struct, frozen=True, dict=True):
    """The body of a function. Functions that are only defined or handed on in it are not run by it."""

    evaluator: Evaluator
    function: FunctionValue

    @cached_property
    def own_calls(self) -> tuple[BodyCall, ...]:
        """Those of the function itself, in the order in which they are evaluated."""
        return tuple(self._calls_of(self.function, None))

    def calls(
        self,
        deepest: int = DEEPEST,
        follows: Callable[[BodyCall, s.Scope], bool] | None = None,
        leads: Callable[[s.Call], bool] | None = None,
    ) -> Iterator[BodyCall]:
        """Its own calls, then those of the functions of the project that it calls, each function once and by the
        shortest way; `follows` says of a call and its function whether to look into it, and `leads` of a call whether
        to ask which function it is."""
        seen = {(self.function.path, self.function.scope)}
        queue: deque[BodyCall] = deque()
        for call in self.own_calls:
            yield call
            queue.append(call)
        while queue and len(seen) < WIDEST:
            outer = queue.popleft()
            if outer.depth >= deepest or (leads is not None and not leads(outer.call)):
                continue
            function, _ = behind(outer.callee)
            if function is None or (function.path, function.scope) in seen:
                continue
            scope = self.evaluator.program.view(function.path).facts.scopes[function.scope]
            if follows is not None and not follows(outer, scope):
                continue
            seen.add((function.path, function.scope))
            for call in self._calls_of(function, outer):
                yield call
                queue.append(call)

    def _calls_of(self, function: FunctionValue, outer: BodyCall | None) -> Iterator[BodyCall]:
        view = self.evaluator.program.view(function.path)
        numbers = view.calls_by_scope.get(function.scope, ())
        for number in sorted(numbers, key=lambda number: view.facts.calls[number].order):
            yield BodyCall(self.evaluator, function.path, number, outer)
