"""What becomes of tasks that fail."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from celery_lint.project.bodies.option_sites import OptionSite
from celery_lint.project.retries.endless import EndlessOption, endless_options
from celery_lint.project.retries.poison import poison_loops
from celery_lint.project.retries.strays import StrayRetry, stray_retries
from celery_lint.project.retries.tries import TaskHandler, task_handlers

if TYPE_CHECKING:
    from celery_lint.project.project import Project

__all__ = ["Failures"]


class Failures:
    """Where tasks of a project catch their errors, ask for runs without end, or for one where there is none."""

    def __init__(self, project: Project) -> None:
        self._project = project

    @cached_property
    def handlers(self) -> tuple[TaskHandler, ...]:
        return tuple(task_handlers(self._project))

    @cached_property
    def stray_retries(self) -> tuple[StrayRetry, ...]:
        return tuple(stray_retries(self._project))

    @cached_property
    def endless_options(self) -> tuple[EndlessOption, ...]:
        return tuple(endless_options(self._project))

    @cached_property
    def poison_loops(self) -> tuple[OptionSite, ...]:
        return tuple(poison_loops(self._project))
