"""The commands that production runs of one Django project, and what its settings say to all of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from celery_lint.project.deployments.beats import EphemeralState, ephemeral_states
from celery_lint.project.deployments.crew import Production
from celery_lint.project.deployments.green import StallingCall, stalling_calls
from celery_lint.project.deployments.idle import IdleArgument, IdleSetting, idle_limits
from celery_lint.project.deployments.limits import lacks_time_limits
from celery_lint.project.deployments.monitoring import blind_flowers, is_unmonitored
from celery_lint.project.deployments.pools import Crowd, crowds
from celery_lint.project.deployments.stopping import ShortGrace, short_graces

if TYPE_CHECKING:
    from celery_lint.project.project import Project
    from celery_lint.project.services import FlowerCommand

__all__ = ["Deployment", "deployments"]


class Deployment(Production, frozen=True):
    """One Django project in production, and what is wrong with the way it runs."""

    @property
    def is_unmonitored(self) -> bool:
        """Whether nothing of the project watches its workers."""
        return is_unmonitored(self)

    @property
    def lacks_time_limits(self) -> bool:
        """Whether nothing ends a task of it that hangs."""
        return lacks_time_limits(self)

    @property
    def blind_flowers(self) -> Iterator[FlowerCommand]:
        """Flowers that see no events."""
        return blind_flowers(self)

    @property
    def crowds(self) -> Iterator[Crowd]:
        """Workers whose number of tasks at a time does not go with their pool."""
        return crowds(self)

    @property
    def short_graces(self) -> Iterator[ShortGrace]:
        """Workers that are killed before their tasks can have ended."""
        return short_graces(self)

    @property
    def idle_limits(self) -> Iterator[IdleArgument | IdleSetting]:
        """Limits that no pool enforces, because of the settings."""
        return idle_limits(self)

    @property
    def stalling_calls(self) -> Iterator[StallingCall]:
        """Calls that stop a whole green worker."""
        return stalling_calls(self)

    @property
    def ephemeral_states(self) -> Iterator[EphemeralState]:
        """Beats whose schedule file goes with their container."""
        return ephemeral_states(self)


def deployments(project: Project) -> Iterator[Deployment]:
    """One for each Django project of the tree that has a configuration."""
    for configurations in project.configured_homes:
        yield Deployment(project, configurations)
