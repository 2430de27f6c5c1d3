"""Which tasks have a soft time limit that takes effect."""

from __future__ import annotations

from typing import TYPE_CHECKING

from celery_lint.project.values import Literal

if TYPE_CHECKING:
    from celery_lint.project.configuration.configuration import Environment
    from celery_lint.project.project import Project
    from celery_lint.project.tasks import Task

__all__ = ["has_soft_limit"]

SIGNALLED = ("prefork", "processes")
"""The names of the pool that can interrupt a task; it is the default."""


def has_soft_limit(project: Project, task: Task) -> bool:
    """Whether the task certainly has a soft limit, its own or by the settings, and workers that know soft limits."""
    home = project.settings.home(task.path)
    environments = [each for each in project.production_environments if each.configuration.home == home]
    if not all(interrupts(project, home, environment) for environment in environments):
        return False
    own = task.inherited_option("soft_time_limit")
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
