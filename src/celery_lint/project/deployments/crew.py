"""A production worker, with what the settings decide where its command line does not."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct

from celery_lint.project.services import Command, WorkerCommand
from celery_lint.project.services.commands import ALIASES, DEFAULT_POOL

if TYPE_CHECKING:
    from celery_lint.project.configuration import Configuration, Effective, Environment
    from celery_lint.project.project import Project

__all__ = ["Crew", "Production"]

PREFETCHING = "prefetch_multiplier"
RECYCLING = ("max_tasks_per_child", "max_memory_per_child")

_C = TypeVar("_C", bound=Command)


class Production(Struct, frozen=True, eq=False, dict=True):
    """One Django project in production. `configurations` are those of its apps."""

    project: Project
    configurations: tuple[Configuration, ...]

    @property
    def home(self) -> str:
        return self.configurations[0].home

    @cached_property
    def environments(self) -> tuple[Environment, ...]:
        """What production's settings may be."""
        return tuple(environment for each in self.configurations for environment in each.production)

    @cached_property
    def is_alone(self) -> bool:
        """Whether a command whose app is not found can be of no other project."""
        return len(self.project.configured_homes) == 1

    @cached_property
    def workers(self) -> tuple[WorkerCommand, ...]:
        return tuple(self.own(self.project.services.workers))

    def own(self, commands: tuple[_C, ...]) -> Iterator[_C]:
        """Those of the commands that production runs of this project."""
        return (each for each in self.rehearsed(commands) if each.is_production)

    def rehearsed(self, commands: tuple[_C, ...]) -> Iterator[_C]:
        """Those of the commands that run this project, for developers too."""
        return (each for each in commands if self._runs(each) and each.service.environment != "tests")

    def _runs(self, command: Command) -> bool:
        """Whether a command runs this project: an app by a name that is not in the tree is of another one."""
        if command.home is None:
            return self.is_alone and command.app is None
        return command.home == self.home

    @property
    def has_every_worker(self) -> bool:
        """Whether no worker of production may be this project's that is not known to be."""
        return self.is_alone or not any(
            each.is_production and each.home is None and each.app is None for each in self.project.workers
        )

    @cached_property
    def crews(self) -> tuple[Crew, ...]:
        return tuple(map(self.crew, self.workers))

    def crew(self, worker: WorkerCommand) -> Crew:
        return Crew(self.of(worker), worker)

    def of(self, command: Command) -> Production:
        """The same with no more than the configuration of the command's own app, where that is known."""
        own = tuple(each for each in self.configurations if each.app.path == command.app_path)
        return Production(self.project, own) if own and len(own) < len(self.configurations) else self

    @property
    def overrides_prefetching(self) -> bool:
        """Whether each of its workers may have an option in the place of `worker_prefetch_multiplier`; Celery takes one
        of 0 for none."""
        given = (each.has(PREFETCHING) is not False and each.number(PREFETCHING) != 0 for each in self.workers)
        return bool(self.workers) and all(given)

    def settings(self, name: str) -> tuple[Effective, ...]:
        """A setting of Celery, in each environment."""
        return tuple(environment.setting(name) for environment in self.environments)

    def lacks(self, *names: str) -> bool:
        """Whether certainly none of the settings is set in production, under a name that Celery reads or a dead one."""
        return bool(self.environments) and all(each.lacks(name) for each in self.environments for name in names)

    def text(self, name: str) -> str | None:
        """What a setting is in all of production, with Celery's default; None when not known."""
        texts = {setting.text for setting in self.settings(name)}
        return texts.pop() if len(texts) == 1 else None

    def number(self, name: str) -> float | None:
        """As `text`; seconds of a timedelta."""
        numbers = {setting.number for setting in self.settings(name)}
        return numbers.pop() if len(numbers) == 1 else None

    def truth(self, name: str) -> bool | None:
        truths = {setting.truth for setting in self.settings(name)}
        return truths.pop() if len(truths) == 1 else None


class Crew(Struct, frozen=True, eq=False, dict=True):
    """A production worker, with what the settings decide where its command line does not."""

    production: Production
    worker: WorkerCommand

    @cached_property
    def pool(self) -> str | None:
        """Its pool; None when not known."""
        if self.worker.pool != "":
            return self.worker.pool
        name = self.production.text("worker_pool")
        return None if name is None else ALIASES.get(name, name)

    @cached_property
    def concurrency(self) -> float | None:
        """How many tasks it runs at a time; None when not known, and where it is as many as there are processors."""
        if self.worker.has("concurrency") is False and self.worker.has("autoscale") is False:
            return self.production.number("worker_concurrency")
        return self.worker.concurrency

    @cached_property
    def takes_processors(self) -> bool:
        """Whether certainly nothing says how many tasks it runs at a time."""
        given = (self.worker.has(option) for option in ("concurrency", "autoscale"))
        return all(each is False for each in given) and self.production.lacks("worker_concurrency")

    @property
    def is_never_recycled(self) -> bool:
        """Whether its processes certainly live as long as itself."""
        unset = all(self.worker.has(option) is False for option in RECYCLING)
        lacks = self.production.lacks(*(f"worker_{option}" for option in RECYCLING))
        return self.pool == DEFAULT_POOL and unset and lacks

    def limit(self, option: str) -> float | None:
        """Seconds of "time_limit" or "soft_time_limit" for all its tasks; None for none, and when not known."""
        if self.worker.has(option) is False:
            return self.production.number(f"task_{option}")
        return self.worker.number(option)

    def lacks_limit(self, option: str) -> bool:
        """Whether certainly no limit of that kind holds for all its tasks."""
        return self.worker.has(option) is False and self.production.lacks(f"task_{option}")
