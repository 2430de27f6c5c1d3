"""The transaction that a dispatch is sent in, as far as is known."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from celery_lint.finding import Location
from celery_lint.project.dispatches import Sending

if TYPE_CHECKING:
    from celery_lint.project.dispatch import Dispatch
    from celery_lint.project.project import Project

__all__ = ["TransactionState", "TransactionStates"]


class TransactionState(Struct, frozen=True):
    """`name` is "after-commit", "open", "request", "signal", "method", "migration", or "none" where no transaction is
    known of. `where` is what opens it, `what` says so in words."""

    name: str
    where: Location | None = None
    what: str = ""


DEEPEST = 4
"""Callers above a dispatch that are looked at."""

NO_TRANSACTION = TransactionState("none")
AFTER_COMMIT = TransactionState("after-commit")


class TransactionStates:
    """One for each dispatch: the strongest that some way to it leads through."""

    def __init__(self, project: Project) -> None:
        self.project = project

    def of(self, dispatch: Dispatch) -> TransactionState:
        call = dispatch.call
        if dispatch.waits_for_commit or self._is_deferred(dispatch.path, call.frame, call.order, 0):
            return AFTER_COMMIT
        return self._opened.get(dispatch.sending) or self._contexts.get(dispatch.sending) or NO_TRANSACTION

    def _is_deferred(self, path: str, frame: int, order: int, depth: int) -> bool:
        """Whether a place only runs after the commit: it is in a callback, or all that run its function are."""
        around = self.project.transactions.around(path, frame, order)
        if around.kind != "function" or depth > DEEPEST:
            return around.kind == "deferred"
        uses = self.project.callers.uses(self.project.reach.state(path, around.scope))
        return bool(uses) and all(
            use.kind == "deferred"
            or (use.kind == "called" and self._is_deferred(use.path, use.frame, use.order, depth + 1))
            for use in uses
        )

    @cached_property
    def _opened(self) -> dict[Sending, TransactionState]:
        found: dict[Sending, TransactionState] = {}
        for opened in self.project.contexts.opened:
            state = TransactionState("open", opened.around.where, opened.around.what)
            found.setdefault(opened.route.sending, state)
        return found

    @cached_property
    def _contexts(self) -> dict[Sending, TransactionState]:
        found = {}
        for context in self.project.contexts.all:
            if context.kind:
                where = context.steps[0].location if context.steps else None
                what = context.steps[0].message if context.steps else context.name
                found[context.dispatch.sending] = TransactionState(context.kind, where, what)
        return found
