"""Calls that stop a whole green worker: one thread runs all its tasks, and each must give way by itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from celery_lint.finding import Nomination, Step
from celery_lint.knowledge.cooperation import Stalling, stalling
from celery_lint.project.bodies.body import BodyCall
from celery_lint.project.deployments.crew import Crew, Production
from celery_lint.project.services.commands import GREEN
from celery_lint.project.values import External

if TYPE_CHECKING:
    from celery_lint.project.tasks import Task
    from celery_lint.project.wiring.queues import Queues

__all__ = ["StallingCall", "stalling_calls"]


class StallingCall(Struct, frozen=True):
    """A call in a task that only green workers run; `crew` is one of them."""

    task: Task
    crew: Crew
    call: BodyCall
    what: Stalling

    def nominate(self, rule: str) -> Nomination:
        """A nomination in the task: at the call, or at the one that leads to it."""
        outermost = self.call.outermost
        callee = self.call.callee
        name = callee.name if isinstance(callee, External) else ""
        values = {
            "what": name,
            "how": self.what.how,
            "task": self.task.name.rpartition(".")[2],
            "pool": self.crew.pool or "",
        }
        worker = Step(self.crew.worker.location, "this worker runs it", aside=True)
        trace = (*self.call.steps[1:], worker)
        return Nomination(rule, outermost.location, outermost.statement, values, label="stops it here", trace=trace)


def stalling_calls(production: Production) -> Iterator[StallingCall]:
    """The first of each statement of the tasks that only green workers run."""
    project = production.project
    for task, crew in green_tasks(production):
        seen = set()
        for call in task.body.calls() if task.body is not None else ():
            callee = call.callee
            what = stalling(callee.name) if isinstance(callee, External) else None
            if what is None or any(map(project.sources.mentioning, what.unless)):
                continue
            place = call.steps[0].location if call.steps else call.location
            if place not in seen:
                seen.add(place)
                yield StallingCall(task, crew, call, what)


def green_tasks(production: Production) -> Iterator[tuple[Task, Crew]]:
    """Each task that certainly comes to green workers alone, and the first of them: all workers of production are
    green, or those that consume a queue to which it is sent."""
    green = [crew for crew in production.crews if crew.pool in GREEN]
    if not green:
        return
    if production.has_every_worker and len(green) == len(production.crews):
        yield from ((task, green[0]) for each in production.configurations for task in each.tasks)
        return
    for queues in production.project.wiring.queues:
        if queues.home == production.home and queues.workers_are_known:
            yield from dict(_by_queue(production, queues)).items()


def _by_queue(production: Production, queues: Queues) -> Iterator[tuple[Task, Crew]]:
    crews = {crew.worker: crew for crew in production.crews}
    for queue in queues.all:
        consumers = [crews[worker] for worker in queue.workers if worker in crews]
        if consumers and all(crew.pool in GREEN for crew in consumers):
            for delivery in queue.deliveries:
                if delivery.source.task.path:
                    yield delivery.source.task, consumers[0]
