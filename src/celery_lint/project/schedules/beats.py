"""The process that sends a schedule: whether there is one, and where it keeps what it sends."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from celery_lint.finding import Location
from celery_lint.knowledge.schedules import DATABASE_SCHEDULERS

if TYPE_CHECKING:
    from celery_lint.project.configuration import Environment
    from celery_lint.project.project import Project
    from celery_lint.project.services.commands import Command

__all__ = ["cleans_up", "clears_database", "database_scheduler", "lacks_beat", "may_have_beat_elsewhere"]

BEAT = re.compile(rb"(?<!heart)beat", re.I)
CLEARS = re.compile(rb"\.delete\(|\benabled\b")
STARTED_BY_CODE = re.compile(rb"""["']beat["']|celery[ \w.-]* beat\b|\bBeat\(""")


def commands(environment: Environment) -> Iterator[Command]:
    """What production starts as Beat for the environment's app, workers with `-B` among them."""
    configuration = environment.configuration
    project = configuration.project
    for each in (*project.services.beats, *(worker for worker in project.workers if worker.beat is not None)):
        if each.is_production and each.home in (None, configuration.home):
            yield each


def database_scheduler(environment: Environment) -> Location | None:
    """Where the scheduler of django-celery-beat is chosen; None unless Beat certainly runs with it."""
    beats = list(commands(environment))
    named = [each for each in beats if each.has("scheduler") is not False]
    if any(each.value("scheduler") not in DATABASE_SCHEDULERS for each in named):
        return None
    setting = environment.setting("beat_scheduler").datum
    if setting is not None and setting.is_known and setting.text in DATABASE_SCHEDULERS:
        return environment.configuration.project.program.location(setting.path, setting.span)
    return named[0].location if named and len(named) == len(beats) else None


def clears_database(project: Project) -> bool:
    """Whether code of the project itself deletes or disables entries in the scheduler's tables."""
    return any(project.sources.has_match(path, CLEARS) for path in project.sources.mentioning("PeriodicTask"))


def cleans_up(project: Project) -> bool:
    """Whether something of the project itself may remove old results."""
    if project.sources.mentioning("backend_cleanup") or project.services.mentions(b"backend_cleanup"):
        return True
    return any(project.sources.has_text(path, b".delete(") for path in project.sources.mentioning("TaskResult"))


def may_have_beat_elsewhere(environment: Environment) -> bool:
    """Whether the app has a schedule, for which there will be a Beat, and its workers are seen only in compose files
    that may be for developers."""
    if environment.setting("beat_schedule").is_set is False:
        return False
    configuration = environment.configuration
    workers = (each for each in configuration.project.workers if each.home == configuration.home)
    return not any(each.is_production and each.service.is_deployed for each in workers)


def lacks_beat(environment: Environment) -> bool:
    """Whether workers of the app are started in production, and nothing in the tree speaks of starting a Beat."""
    configuration = environment.configuration
    project = configuration.project
    workers = [each for each in project.workers if each.is_production and each.home == configuration.home]
    if not workers or project.services.beats or project.services.broken:
        return False
    if any(worker.is_on("beat") is not False for worker in project.workers):
        return False
    if any(BEAT.search(project.source(path)) for path in project.services.files):
        return False
    return not any(
        STARTED_BY_CODE.search(project.source(path)) for path in project.sources.code_with_any(("beat", "Beat"))
    )
