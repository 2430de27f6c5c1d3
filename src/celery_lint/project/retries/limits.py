"""Time limits of tasks, their own and those of the settings, and which soft ones take effect."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from celery_lint.project.values import Literal

if TYPE_CHECKING:
    from celery_lint.project.configuration.configuration import Environment
    from celery_lint.project.project import Project
    from celery_lint.project.tasks import Task

__all__ = ["Limits", "crossed", "crossed_by_settings", "has_soft_limit"]

SOFT, HARD = "soft_time_limit", "time_limit"
SIGNALLED = ("prefork", "processes")
"""The names of the pool that can interrupt a task; it is the default."""


class Limits(Struct, frozen=True):
    """A soft and a hard limit in seconds; `by_task` when the task itself says one of them."""

    soft: float
    hard: float
    by_task: bool

    @property
    def shown(self) -> dict[str, str]:
        """Both as people write them."""
        return {"soft": f"{self.soft:g}", "hard": f"{self.hard:g}"}


def crossed(project: Project, task: Task) -> Limits | None:
    """The task's limits where the soft one is not the smaller; what the task does not say, the settings do."""
    environments = environments_of(project, task)
    soft, hard = (seconds(task, environments, name) for name in (SOFT, HARD))
    by_task = any(task.inherited_option(name) is not None for name in (SOFT, HARD))
    return Limits(soft, hard, by_task) if soft and hard and soft >= hard else None


def crossed_by_settings(environment: Environment) -> Limits | None:
    """The limits of the settings where the soft one is not the smaller."""
    soft, hard = (environment.setting(f"task_{name}").number for name in (SOFT, HARD))
    return Limits(soft, hard, by_task=False) if soft and hard and soft >= hard else None


def seconds(task: Task, environments: Sequence[Environment], name: str) -> float | None:
    """A limit by the task's option, else by the settings when they all say the same; None when there is none, or it is
    not known."""
    own = task.inherited_option(name)
    if own is not None:
        if isinstance(own, Literal) and isinstance(own.value, int | float) and not isinstance(own.value, bool):
            return float(own.value)
        return None
    if task.may_have_option(name):
        return None
    found = {environment.setting(f"task_{name}").number for environment in environments}
    return found.pop() if len(found) == 1 else None


def environments_of(project: Project, task: Task) -> list[Environment]:
    """The settings that production may run the task with."""
    home = project.settings.home(task.path)
    return [each for each in project.production_environments if each.configuration.home == home]


def has_soft_limit(project: Project, task: Task) -> bool:
    """Whether the task certainly has a soft limit, its own or by the settings, that comes before its hard one as far
    as is known, and workers that know soft limits."""
    home = project.settings.home(task.path)
    environments = environments_of(project, task)
    if not all(interrupts(project, home, each) for each in environments) or crossed(project, task) is not None:
        return False
    own = task.inherited_option(SOFT)
    if own is not None:
        return not isinstance(own, Literal) or bool(own.value)
    if not task.has_known_options:
        return False
    return bool(environments) and all(each.setting("task_soft_time_limit").number for each in environments)


def interrupts(project: Project, home: str, environment: Environment) -> bool:
    """Whether every worker certainly runs tasks in processes of their own, by its command or by the settings."""
    by_settings = environment.setting("worker_pool").text in SIGNALLED
    workers = [worker for worker in project.workers if worker.is_production and worker.home in (home, None)]
    return all(worker.pool in SIGNALLED or (worker.pool == "" and by_settings) for worker in workers) and (
        by_settings or bool(workers)
    )
