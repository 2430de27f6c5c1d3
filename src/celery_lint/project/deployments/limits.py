"""Whether anything ends a task that does not end by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from celery_lint.project.deployments.crew import Production
from celery_lint.project.services.commands import IGNORED

if TYPE_CHECKING:
    from celery_lint.project.tasks import Task

__all__ = ["lacks_time_limits"]

SETTINGS = ("task_time_limit", "task_soft_time_limit", "task_annotations")
OPTIONS = ("time_limit", "soft_time_limit")


def lacks_time_limits(production: Production) -> bool:
    """Whether workers are seen, and certainly nothing limits any task.

    One limit anywhere is enough: the project has thought of them.
    """
    tasks = [task for each in production.configurations for task in each.tasks]
    return bool(tasks) and has_unlimited_workers(production) and not any(map(may_be_limited, tasks))


def has_unlimited_workers(production: Production) -> bool:
    """Whether certainly neither the workers nor the settings limit tasks; where production's workers are started
    elsewhere, those of developers have to do, and some must be seen, with a pool that would keep a limit."""
    workers = production.workers or tuple(production.rehearsed(production.project.services.workers))
    if not workers or any(each.has_own_task_class for each in production.configurations):
        return False
    if all(set(OPTIONS) <= set(IGNORED.get(production.crew(worker).pool or "", ())) for worker in workers):
        return False
    return production.lacks(*SETTINGS) and all(worker.has(option) is False for worker in workers for option in OPTIONS)


def may_be_limited(task: Task) -> bool:
    if not task.has_known_options or task.base_is_unknown:
        return True
    return any(task.inherited_option(option) is not None for option in OPTIONS)
