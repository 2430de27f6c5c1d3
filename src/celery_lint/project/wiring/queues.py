"""Queues: what fills them and which workers consume them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from celery_lint.finding import Location, Nomination, Step
from celery_lint.project.configuration import Environment
from celery_lint.project.services.commands import WorkerCommand
from celery_lint.project.wiring.destinations import Delivery, Destinations, Source
from celery_lint.project.wiring.routes import queue_name

if TYPE_CHECKING:
    from celery_lint.project.project import Project

__all__ = ["Queue", "Queues", "UnusedQueue"]

CONSUMING = ("add_consumer", "worker_main", "ConsumerStep", "ConsumerMixin", "ConsumerProducerMixin")
"""Words for other ways to consume a queue than a command line."""
SHOWN = 4
"""Places of a queue that a trace shows."""
ORDER = ("route", "default", "task", "schedule", "call")


class Queue(Struct, frozen=True, eq=False, dict=True):
    """A queue of one Django project, by its name. `workers` are the commands that consume it, as far as is known."""

    queues: Queues
    name: str
    deliveries: tuple[Delivery, ...]
    workers: tuple[WorkerCommand, ...]

    @cached_property
    def places(self) -> tuple[Delivery, ...]:
        """What sends tasks here, once for each place that decides, settings first."""
        return distinct(self.deliveries)

    @cached_property
    def tasks(self) -> tuple[str, ...]:
        return tuple(sorted({delivery.source.task.name for delivery in self.deliveries}))

    @property
    def state(self) -> str:
        """ "consumed", "without worker", or "unknown" where workers are missing or not known."""
        if self.workers:
            return "consumed"
        return "without worker" if self.is_abandoned else "unknown"

    @property
    def is_abandoned(self) -> bool:
        """Whether tasks certainly go here and certainly no worker of production consumes it."""
        if not self._certain or self.workers or not self.queues.workers_are_known:
            return False
        return not any(is_refused(environment, self.name) for environment in self.queues.environments)

    @cached_property
    def _certain(self) -> tuple[Delivery, ...]:
        """The places that certainly send tasks of the project here; a worker of the tree is to run those, and may not
        be to run others."""
        own = distinct(delivery for delivery in self.deliveries if delivery.source.task.path)
        return tuple(d for d in own if d.by != "default" or self.queues.is_surely_default(self.name))

    def nominate(self, rule: str) -> Nomination:
        """At the first place that sends tasks here, with some of the others as the trace."""
        first, *rest = self._certain
        tasks = sorted({delivery.source.task.name for delivery in self.deliveries if delivery.source.task.path})
        more = f" and {len(tasks) - 1} more go" if len(tasks) > 1 else " goes"
        values = {"queue": self.name, "tasks": f"`{tasks[0]}`{more}"}
        trace = tuple(Step(each.location, "here too", aside=True) for each in rest[:SHOWN])
        commands = (Step(each.location, self._consumed(each), aside=True) for each in self.queues.production[:SHOWN])
        return Nomination(rule, first.location, first.statement, values, expect="", trace=(*trace, *commands))

    def _consumed(self, worker: WorkerCommand) -> str:
        names = ", ".join(f"`{name}`" for name in sorted(self.queues.consumed(worker) or ()))
        return f"this worker consumes {names}"


class UnusedQueue(Struct, frozen=True):
    """A queue of a worker's `-Q` that nothing fills."""

    worker: WorkerCommand
    name: str

    def nominate(self, rule: str) -> Nomination:
        given = self.worker.find("queues")
        return self.worker.nominate(rule, given.location if given is not None else None, {"queue": self.name})


class Queues:
    """The queues of one Django project; `home` is its directory."""

    def __init__(self, project: Project, home: str, sources: tuple[Source, ...]) -> None:
        self.project = project
        self.home = home
        self.destinations = Destinations(project, home)
        self.sources = tuple(source for source in sources if source.home == home)

    @property
    def environments(self) -> tuple[Environment, ...]:
        return self.destinations.environments

    @cached_property
    def deliveries(self) -> tuple[Delivery, ...]:
        return tuple(delivery for source in self.sources for delivery in self.destinations.of(source))

    # Workers

    @cached_property
    def workers(self) -> tuple[WorkerCommand, ...]:
        """The worker commands that run this project's app, and those of which it is not known which app they run."""
        return tuple(worker for worker in self.project.workers if worker.home in (self.home, None))

    @cached_property
    def production(self) -> tuple[WorkerCommand, ...]:
        return tuple(worker for worker in self.workers if worker.is_production)

    @cached_property
    def declared(self) -> frozenset[str] | None:
        """What a worker without `-Q` consumes: the queues of `task_queues`, or the default one; of all environments
        together. None where it is not known."""
        found: set[str] = set()
        for environment in self.environments:
            names = declared_queues(environment)
            if names is None:
                return None
            found |= names
        return frozenset(found)

    def consumed(self, worker: WorkerCommand) -> frozenset[str] | None:
        """The queues that a worker consumes; None where that is not known."""
        if worker.queues is None:
            return None
        if worker.queues:
            return frozenset(worker.queues)
        if self.declared is None:
            return None
        return self.declared.difference(worker.excluded_queues or ())

    @cached_property
    def workers_are_known(self) -> bool:
        """Whether a worker of production is found, and it is known of every worker which queues it consumes."""
        if not any(worker.home == self.home for worker in self.production) or self.project.services.broken:
            return False
        if any(self.consumed(worker) is None for worker in self.workers):
            return False
        return not any(self.project.sources.mentioning(word) for word in CONSUMING)

    # Queues

    @cached_property
    def all(self) -> tuple[Queue, ...]:
        """Every queue that something fills, consumes or declares, by name."""
        filled: dict[str, list[Delivery]] = {}
        for delivery in self.deliveries:
            if delivery.queue:
                filled.setdefault(delivery.queue, []).append(delivery)
        consumed: dict[str, list[WorkerCommand]] = {}
        for worker in self.workers:
            for name in self.consumed(worker) or ():
                consumed.setdefault(name, []).append(worker)
        names = {*filled, *consumed, *(self.declared or ())}
        return tuple(
            Queue(self, name, tuple(filled.get(name, ())), tuple(consumed.get(name, ()))) for name in sorted(names)
        )

    def waits_in_default(self, name: str) -> bool:
        """Whether a message goes to the default queue of that name, and not every worker says what it consumes."""
        by_command = bool(self.workers) and all(worker.queues for worker in self.workers)
        return not by_command and any(each.by == "default" and each.queue == name for each in self.deliveries)

    def is_surely_default(self, name: str) -> bool:
        """Whether the queue is the default in every environment, and where queues are declared, among them."""
        return bool(self.environments) and all(
            environment.setting("task_default_queue").text == name and name in (declared_queues(environment) or ())
            for environment in self.environments
        )

    @cached_property
    def abandoned(self) -> tuple[Queue, ...]:
        """The queues that are filled and that no worker consumes."""
        return tuple(queue for queue in self.all if queue.is_abandoned)

    @cached_property
    def unused(self) -> tuple[UnusedQueue, ...]:
        """The queues of `-Q` in production that certainly nothing fills."""
        routers = self.destinations.routers
        if not self.environments or not all(router.is_known for router in routers):
            return ()
        if any(delivery.queue is None for delivery in self.deliveries):
            return ()
        filled = {d.queue for d in self.deliveries} | {r.queue for router in routers for r in router.routes}
        found = []
        for worker in self.production:
            for name in worker.queues or () if worker.home == self.home else ():
                if name not in filled and not self._is_named(name):
                    found.append(UnusedQueue(worker, name))
        return tuple(found)

    def _is_named(self, name: str) -> bool:
        """Whether a setting or a string in the code is the name, in a declaration of the queue aside."""
        if any(environment.setting("task_default_queue").text in (name, None) for environment in self.environments):
            return True
        quoted = rb"""(?P<quote>["'])%s(?P=quote)""" % re.escape(name).encode()
        string, declaration = re.compile(quoted), re.compile(rb"Queue\(\s*(?:name\s*=\s*)?" + quoted)
        for path in self.project.sources.code_with_text(name.encode()):
            content = self.project.source(path)
            if len(string.findall(content)) > len(declaration.findall(content)):
                return True
        return False


def distinct(deliveries: Iterable[Delivery]) -> tuple[Delivery, ...]:
    """One for each place that decides, settings first."""
    found: dict[Location, Delivery] = {}
    for delivery in sorted(deliveries, key=lambda d: (ORDER.index(d.by), d.location)):
        found.setdefault(delivery.location, delivery)
    return tuple(found.values())


def is_refused(environment: Environment, name: str) -> bool:
    """Whether sending to the queue may raise QueueNotFound: queues are not made when missing, and it is missing."""
    if environment.setting("task_create_missing_queues").truth:
        return False
    return name not in (declared_queues(environment) or ())


def declared_queues(environment: Environment) -> frozenset[str] | None:
    """What the environment's workers consume unless told otherwise; None where it is not known."""
    setting = environment.setting("task_queues")
    default = environment.setting("task_default_queue").text
    datum = setting.datum
    if setting.is_set is False or (datum is not None and datum.truth is False):
        return frozenset({default}) if default else None
    if datum is None or not datum.is_complete:
        return None
    names = [queue_name(item) for item in datum.items] + [key.text for key, _ in datum.entries]
    return frozenset(name for name in names if name) if all(names) else None
