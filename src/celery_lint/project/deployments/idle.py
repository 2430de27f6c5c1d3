"""Limits that the pools of production do not enforce, where the settings have a part in that."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from celery_lint.finding import Nomination
from celery_lint.project.deployments.crew import Production
from celery_lint.project.services.commands import IGNORED

if TYPE_CHECKING:
    from celery_lint.project.configuration import Datum, Environment
    from celery_lint.project.services import WorkerCommand
    from celery_lint.project.services.arguments import Argument

__all__ = ["IdleArgument", "IdleSetting", "idle_limits"]

SETTINGS = {
    "task_time_limit": "time_limit",
    "task_soft_time_limit": "soft_time_limit",
    "worker_max_tasks_per_child": "max_tasks_per_child",
    "worker_max_memory_per_child": "max_memory_per_child",
}
"""Setting → the option of the command line that says the same."""


class IdleArgument(Struct, frozen=True):
    """A limit on the command line of a worker whose pool the settings name."""

    worker: WorkerCommand
    argument: Argument
    pool: str

    def nominate(self, rule: str) -> Nomination:
        values = {"option": self.argument.spelling, "pool": self.pool}
        return self.worker.nominate(rule, self.argument.location, values)


class IdleSetting(Struct, frozen=True):
    """A limit in the settings that no worker enforces; `pool` names what all of them use."""

    environment: Environment
    datum: Datum
    pool: str

    def nominate(self, rule: str) -> Nomination:
        return self.environment.nominate(rule, self.datum, option=self.datum.name, pool=self.pool)


def idle_limits(production: Production) -> Iterator[IdleArgument | IdleSetting]:
    for crew in production.crews:
        if crew.worker.pool == "" and crew.pool is not None:
            for argument in crew.worker.ignored_by(crew.pool):
                yield IdleArgument(crew.worker, argument, crew.pool)
    pools = sorted({crew.pool or "" for crew in production.crews})
    if not pools or not production.has_every_worker:
        return
    seen = set()
    for name, option in SETTINGS.items():
        if not all(option in IGNORED.get(pool, ()) for pool in pools):
            continue
        for environment in production.environments:
            datum = environment.setting(name).datum
            if datum is not None and datum.number and (datum.path, datum.span) not in seen:
                seen.add((datum.path, datum.span))
                yield IdleSetting(environment, datum, " and ".join(pools))
