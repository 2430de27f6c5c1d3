"""Pools of workers, and how many tasks they run at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from celery_lint.project.deployments.crew import Crew, Production
from celery_lint.project.services.commands import DEFAULT_POOL, GREEN

if TYPE_CHECKING:
    from celery_lint.finding import Location

__all__ = ["Crowd", "crowds"]

FEW = 10
"""Green threads below which a pool of them is not worth its risks."""
MANY = 100
"""Processes from which a worker is mostly memory and switching."""


class Crowd(Struct, frozen=True):
    """A worker whose number of tasks at a time does not go with its pool."""

    crew: Crew
    place: Location
    many: str


def crowds(production: Production) -> Iterator[Crowd]:
    for crew in production.crews:
        given = crew.worker.find("concurrency") or crew.worker.find("autoscale") or crew.worker.find("pool")
        place = given.location if given is not None else crew.worker.location
        number = crew.concurrency
        if crew.pool in GREEN and crew.takes_processors:
            yield Crowd(crew, place, "as many tasks at a time as the machine has processors")
        elif crew.pool in GREEN and number is not None and number < FEW:
            yield Crowd(crew, place, f"{number:g} tasks at a time")
        elif crew.pool == DEFAULT_POOL and number is not None and number >= MANY:
            yield Crowd(crew, place, f"{number:g} processes")
