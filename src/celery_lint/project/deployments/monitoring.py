"""Whether anybody sees what workers do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from celery_lint.knowledge.monitoring import CODE, PACKAGES, SERVICES
from celery_lint.project.deployments.crew import Production
from celery_lint.project.requirements import names_package
from celery_lint.project.services.service import TRUE

if TYPE_CHECKING:
    from celery_lint.project.project import Project
    from celery_lint.project.services import FlowerCommand, WorkerCommand

__all__ = ["blind_flowers", "is_unmonitored"]


def is_unmonitored(production: Production) -> bool:
    """Whether production runs workers, none of which sends events, and nothing that watches them is named."""
    project = production.project
    return (
        bool(production.workers) and are_silent(production) and not project.services.flowers and not is_watched(project)
    )


def are_silent(production: Production) -> bool:
    """Whether certainly no worker of production sends events on its own."""
    return production.truth("worker_send_task_events") is False and not any(map(may_send_events, production.workers))


def may_send_events(worker: WorkerCommand) -> bool:
    return worker.is_on("task_events") is not False


def is_watched(project: Project) -> bool:
    """Whether a package, an import or a deployment file names something that watches workers or their tasks."""
    if any(project.sources.mentioning(word) for word in CODE) or any(
        names_package(project.around, name) for name in PACKAGES
    ):
        return True
    return any(word in project.sources.read(path) for path in project.services.files for word in SERVICES)


def blind_flowers(production: Production) -> Iterator[FlowerCommand]:
    """Each Flower of production that is told not to switch events on, where no worker sends them."""
    if not production.workers or not are_silent(production):
        return
    for flower in production.own(production.project.services.flowers):
        asked = flower.value("enable_events")
        if asked is not None and asked.lower() not in TRUE:
            yield flower
