"""How a place in the code comes to be run by a task, or by anything else that is known by its function."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import Struct

from celery_lint.finding import Step
from celery_lint.project.guards import Requirement, requirements
from celery_lint.project.uses import State, Use
from celery_lint.project.values import ClassValue

if TYPE_CHECKING:
    from celery_lint.project.project import Project

__all__ = ["Way", "way_to"]

DEEPEST = 4
"""How many calls a way may have."""

WIDEST = 80
"""How many functions are looked at before a place counts as not reached."""


class Way(Struct, frozen=True):
    """A function, and the calls that lead from it to a place, the outermost first; none when the place is in it."""

    path: str
    scope: int
    uses: tuple[Use, ...]

    def steps(self, project: Project) -> tuple[Step, ...]:
        return tuple(Step(project.program.location(use.path, use.span), "called here") for use in self.uses)


def way_to(
    project: Project,
    path: str,
    scope: int,
    frame: int,
    order: int,
    is_root: Callable[[str, int], bool],
    follows: Callable[[Use], bool] | None = None,
) -> Way | None:
    """The shortest way from a root function to the place; None when there is none, or none that is understood."""
    view = project.program.view(path)
    function = view.function_of(scope)
    if function <= 0:
        return None
    first = state_of(project, path, function, None, requirements(view, frame, order))
    ways: dict[State, tuple[Use, ...]] = {first: ()}
    queue = deque([first])
    while queue:
        state = queue.popleft()
        if is_root(state.path, state.scope):
            return Way(state.path, state.scope, ways[state])
        if len(ways[state]) >= DEEPEST or len(ways) > WIDEST:
            continue
        for use in project.callers.uses(state):
            needs = project.callers.meeting(state, use)
            caller = project.program.view(use.path).function_of(use.scope)
            if use.kind != "called" or needs is None or caller <= 0:
                continue
            if follows is not None and not follows(use):
                continue
            above = state_of(project, use.path, caller, use.bound, needs)
            if above not in ways:
                ways[above] = (use, *ways[state])
                queue.append(above)
    return None


def state_of(project: Project, path: str, scope: int, bound: ClassValue | None, needs: frozenset[Requirement]) -> State:
    cls = project.program.view(path).class_of(scope)
    return State(path, scope, (bound or ClassValue(path, cls)) if cls > 0 else None, needs)
