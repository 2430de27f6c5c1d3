"""Which of the transaction rules speaks of a dispatch: each dispatch has one context, the strongest known."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from celery_lint.finding import Step
from celery_lint.project.uses import State

if TYPE_CHECKING:
    from celery_lint.project.project import Dispatch, Project
    from celery_lint.project.reach import Opened

__all__ = ["Context", "Contexts"]


class Context(Struct, frozen=True):
    """How a dispatch outside any known transaction block is reached: `kind` is "request", "signal", "method",
    "migration" or "". `name` is the signal's or method's."""

    dispatch: Dispatch
    kind: str
    name: str = ""
    steps: tuple[Step, ...] = ()


class Contexts:
    def __init__(self, project: Project) -> None:
        self.project = project

    @cached_property
    def opened(self) -> tuple[Opened, ...]:
        """Places inside a transaction that send a message, or call what sends one."""
        return tuple(item for item in self.project.reach.opened)

    @cached_property
    def all(self) -> tuple[Context, ...]:
        """The dispatches that are not themselves inside a transaction block."""
        return tuple(self._classify())

    def of_kind(self, kind: str) -> Iterator[Context]:
        return (context for context in self.all if context.kind == kind)

    def _classify(self) -> Iterator[Context]:
        project = self.project
        reach = project.reach
        entries = project.entries
        requests = reach.reached_from(entries.request_step)
        signals = reach.reached_from(entries.receiver_step)
        migrations = reach.reached_from(self._migration_step)
        for dispatch in project.dispatches:
            states = reach.homes.get(dispatch.sending)
            if not states:
                continue
            yield self._context(dispatch, states, requests, signals, migrations)

    def _context(
        self,
        dispatch: Dispatch,
        states: list[State],
        requests: dict[State, tuple[Step, ...]],
        signals: dict[State, tuple[Step, ...]],
        migrations: dict[State, tuple[Step, ...]],
    ) -> Context:
        for kind, reached in (("migration", migrations), ("request", requests), ("signal", signals)):
            for state in states:
                if state in reached:
                    name = reached[state][0].message
                    return Context(dispatch, kind, name, reached[state])
        for state in states:
            found = self._model_method(state, 0)
            if found is not None:
                return Context(dispatch, "method", *found)
        return Context(dispatch, "")

    def _model_method(self, state: State, depth: int) -> tuple[str, tuple[Step, ...]] | None:
        """The model method that writes, which the function is or which alone calls it, and the calls from it."""
        own = self.project.entries.write_method(state)
        if own:
            return own, ()
        uses = self.project.reach.above.get(state, [])
        if depth > 3 or not uses or len(uses) < len(self.project.callers.uses(state)):
            return None
        found = [(use, self._model_method(caller, depth + 1)) for use, caller in uses if caller != state]
        if not found or any(method is None for _, method in found):
            return None
        use, method = found[0]
        assert method is not None
        step = Step(self.project.program.location(use.path, use.span), "called here")
        return method[0], (*method[1], step)

    def _migration_step(self, state: State) -> Step | None:
        return self.project.entries.migration_step(state)
