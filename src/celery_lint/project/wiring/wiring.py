"""How the halves of a project are wired: schedules and dispatches on one side, queues and workers on the other."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from celery_lint.project.wiring.destinations import Source, sources
from celery_lint.project.wiring.mentions import TaskMention, task_mentions
from celery_lint.project.wiring.queues import Queues
from celery_lint.project.wiring.routes import Pattern, patterns
from celery_lint.project.wiring.states import TransactionStates

if TYPE_CHECKING:
    from celery_lint.project.project import Project

__all__ = ["Wiring"]


class Wiring:
    """Everything is found when first asked for."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.transactions = TransactionStates(project)

    @cached_property
    def mentions(self) -> tuple[TaskMention, ...]:
        return tuple(task_mentions(self.project))

    @cached_property
    def patterns(self) -> tuple[Pattern, ...]:
        return tuple(patterns(self.project))

    @cached_property
    def sources(self) -> tuple[Source, ...]:
        return tuple(sources(self.project))

    @cached_property
    def queues(self) -> tuple[Queues, ...]:
        """The queues of each Django project of the tree that has an app."""
        homes = sorted({configuration.home for configuration in self.project.configurations})
        return tuple(Queues(self.project, home, self.sources) for home in homes)
