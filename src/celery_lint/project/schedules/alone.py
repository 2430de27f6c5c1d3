"""Whether something keeps two runs of a task apart."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from celery_lint.project.values import Literal
from celery_lint.project.view import last_name

if TYPE_CHECKING:
    from celery_lint.project.project import Project
    from celery_lint.project.tasks import Task

__all__ = ["allowed_seconds", "may_run_alone"]

KEEPS_APART = re.compile(
    r"lock|once|singleton|mutex|semaphore|unique|single|exclusive|concurren|overlap|already|running|throttle"
    r"|cache\.add\(|\bnx=|nowait",
    re.I,
)
DEEPEST = 2


def allowed_seconds(task: Task) -> float | None:
    """How long the task says that it may take: its own limit, the hard one if it has both."""
    for name in ("time_limit", "soft_time_limit"):
        limit = task.inherited_option(name)
        value = limit.value if isinstance(limit, Literal) else None
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
    return None


def may_run_alone(project: Project, task: Task) -> bool:
    """Whether a lock, a base class, a decorator or a worker with one process may keep its runs apart."""
    function = task.function
    if function is None or task.base is not None or task.body is None:
        return True
    if any(worker.concurrency == 1 or worker.pool == "solo" for worker in project.workers):
        return True
    scope = project.program.view(function.path).facts.scopes[function.scope]
    if KEEPS_APART.search(project.text(project.program.location(function.path, scope.whole))):
        return True
    decorators = " ".join(project.text(project.program.location(function.path, span)) for span in scope.decorator_spans)
    if KEEPS_APART.search(decorators):
        return True
    return any(KEEPS_APART.search(last_name(each.call.func)) for each in task.body.calls(DEEPEST))
