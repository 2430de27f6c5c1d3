"""How dispatches are reached: up through every known caller, to the blocks and entry points that matter."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable

from msgspec import Struct

from celery_lint.finding import Step
from celery_lint.project.blocks import Blocks
from celery_lint.project.callers import Callers
from celery_lint.project.dispatches import Sending, is_delayed
from celery_lint.project.guards import Requirement
from celery_lint.project.objects import needs_at
from celery_lint.project.program import Program
from celery_lint.project.transactions import Around, Transactions
from celery_lint.project.uses import State, Use
from celery_lint.project.values import ClassValue

__all__ = ["Opened", "Reach", "Route"]


CONDITIONS = ("if", "match", "except", "loop")
"""Frames that may not be entered."""


class Route(Struct, frozen=True):
    """The way from a function down to a dispatch: the next call to make, or none when the dispatch is here."""

    state: State
    sending: Sending
    via: Use | None = None
    rest: Route | None = None

    def steps(self, program: Program) -> tuple[Step, ...]:
        found = []
        route: Route | None = self
        while route is not None and route.via is not None:
            found.append(Step(program.location(route.via.path, route.via.span), "called here"))
            route = route.rest
        return tuple(found)


class Opened(Struct, frozen=True):
    """A place inside an open transaction from which a dispatch is reached; `use` is the dispatch itself or the
    call that leads to it."""

    use: Use
    around: Around
    route: Route


class Reach:
    """One pass over the part of the call graph above the dispatches; each function is visited once."""

    def __init__(
        self, program: Program, callers: Callers, transactions: Transactions, sendings: Iterable[Sending]
    ) -> None:
        self.program = program
        self.callers = callers
        self.transactions = transactions
        self.blocks = Blocks(program, callers.evaluator)
        self.routes: dict[State, Route] = {}
        self.above: dict[State, list[tuple[Use, State]]] = {}
        self.homes: dict[Sending, list[State]] = {}
        self.opened: list[Opened] = []
        self._run(list(sendings))

    def state(
        self,
        path: str,
        scope: int,
        bound: ClassValue | None = None,
        needs: frozenset[Requirement] = frozenset(),
    ) -> State:
        """The state of a function; its `self` is of the class it is defined in unless more is known."""
        view = self.program.view(path)
        cls = view.class_of(scope)
        if cls <= 0:
            return State(path, scope, None, needs)
        return State(path, scope, bound or ClassValue(path, cls), needs)

    def _run(self, sendings: list[Sending]) -> None:
        queue: deque[State] = deque()
        for sending in sorted(sendings, key=self._doubt):
            if sending.waits:
                continue
            if any(self._rolls_back(spot) for spot in sending.spots):
                continue
            arounds = [(spot, self.around(spot, self._needs(spot))) for spot in sending.spots]
            opened = next(((spot, around) for spot, around in arounds if around.kind == "open"), None)
            if opened is not None:
                self.opened.append(Opened(*opened, Route(State(sending.path, opened[0].scope), sending)))
                continue
            for spot, around in arounds:
                if around.kind == "function":
                    state = self.state(spot.path, around.scope, needs=self._needs(spot))
                    self.homes.setdefault(sending, []).append(state)
                    if state not in self.routes:
                        self.routes[state] = Route(state, sending)
                        queue.append(state)
        while queue:
            self._climb(queue.popleft(), queue)
        nearest: dict[tuple[str, int, int], Opened] = {}
        for item in sorted(self.opened, key=lambda item: len(item.route.steps(self.program))):
            nearest.setdefault((item.use.path, item.use.span.line, item.use.span.column), item)
        self.opened = [nearest[key] for key in sorted(nearest)]

    def _doubt(self, sending: Sending) -> tuple[int, bool]:
        """A function's route leads to the dispatch that is the least conditional, and at once rather than later."""
        spot = sending.spots[0]
        view = self.program.view(spot.path)
        conditions = sum(record.kind in ("if", "except", "match") for _, record in view.scope_frames(spot.frame))
        return (conditions, is_delayed(view.facts.calls[sending.call]))

    def _climb(self, state: State, queue: deque[State]) -> None:
        route = self.routes[state]
        for use in self.callers.uses(state):
            if use.kind != "called":
                continue
            needs = self.callers.meeting(state, use)
            if needs is None or (use.receiver is not None and not self._leads_on(route, use.receiver)):
                continue
            if self._rolls_back(use):
                continue
            around = self.around(use, needs)
            if around.kind == "open":
                self.opened.append(Opened(use, around, route))
            elif around.kind == "function":
                caller = self.state(use.path, around.scope, use.bound, needs)
                self.above.setdefault(state, []).append((use, caller))
                if caller not in self.routes:
                    self.routes[caller] = Route(caller, route.sending, use, route)
                    queue.append(caller)

    def _leads_on(self, route: Route, cls: ClassValue) -> bool:
        """Whether an object of the class goes the route: none of its calls on itself finds another method."""
        classes = self.callers.evaluator.classes
        while route.via is not None and route.rest is not None and route.via.own:
            target = route.rest.state
            owner = ClassValue(target.path, self.program.view(target.path).class_of(target.scope))
            name = self.program.view(target.path).facts.scopes[target.scope].name
            found = classes.method(cls, name)
            overridden = found is not None and (found.path, found.scope) != (target.path, target.scope)
            if overridden and route.via.own == "self" and owner in classes.order(cls):
                return False
            route = route.rest
        return True

    def _rolls_back(self, use: Use) -> bool:
        """Whether an error handler sends it and raises again: it is sent although the work failed, and after a commit
        that does not come it would never be sent."""
        view = self.program.view(use.path)
        inside = []
        for number, record in view.scope_frames(use.frame):
            inside.append(number)
            if record.kind == "except":
                return any(
                    item.kind == "raise" and item.frame in inside and item.order > use.order
                    for item in view.returns_by_scope.get(use.scope, ())
                )
        return False

    def reached_from(self, is_root: Callable[[State], Step | None]) -> dict[State, tuple[Step, ...]]:
        """For each function that a root reaches without leaving for another transaction, the shortest way there:
        the root's own step, then the calls."""
        below: dict[State, list[tuple[Use, State]]] = {}
        for state, uses in self.above.items():
            for use, caller in uses:
                below.setdefault(caller, []).append((use, state))
        found: dict[State, tuple[Step, ...]] = {}
        queue: deque[State] = deque()
        for state in self.routes:
            step = is_root(state)
            if step is not None:
                found[state] = (step,)
                queue.append(state)
        while queue:
            state = queue.popleft()
            for use, callee in below.get(state, ()):
                if callee not in found:
                    step = Step(self.program.location(use.path, use.span), "called here")
                    found[callee] = (*found[state], step)
                    queue.append(callee)
        return found

    def is_conditional(self, route: Route) -> bool:
        """Whether the functions on the way may return without making the next call, or sending."""
        places = []
        step: Route | None = route
        while step is not None and step.via is not None:
            if step.via.chosen:
                return True
            places.append((step.via.path, step.via.frame))
            step = step.rest
        sending = route.sending
        call = self.program.view(sending.path).facts.calls[sending.call]
        places.append((sending.path, call.frame))
        return any(
            record.kind in CONDITIONS
            for path, frame in places
            for _, record in self.program.view(path).scope_frames(frame)
        )

    def _needs(self, use: Use) -> frozenset[Requirement]:
        return needs_at(self.program.view(use.path), use.frame, use.order)

    def around(self, use: Use, needs: frozenset[Requirement]) -> Around:
        """What encloses a use: the block in which a callee calls what it is handed, else the innermost of its own that
        may write; `needs` is what the parameters of its function must be for the use to be reached."""
        if use.inside is not None:
            around = self.transactions.around(*use.inside)
            if around.kind in ("open", "deferred"):
                return around
        around = self.transactions.around(use.path, use.frame, use.order)
        while around.kind == "open" and self.blocks.is_idle(around, use):
            around = self.transactions.outside(use.path, around, use.order)
        if around.kind == "function":
            where = self.callers.saving.by_admin(use.path, around.scope, needs)
            if where is not None:
                return Around("open", around.scope, where, "Django's admin saves this form inside a transaction")
        return around
