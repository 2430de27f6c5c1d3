"""Who would notice what became of a task: code that reads results, and what hears of failures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from celery_lint.knowledge import outcomes as knowledge
from celery_lint.project.configuration import Configuration, Datum, Environment
from celery_lint.project.requirements import names_package

if TYPE_CHECKING:
    from celery_lint.project.project import Project

__all__ = ["unread_results", "untracked"]

USES = ("discarded", "decorator")


def unread_results(project: Project) -> Iterator[tuple[Configuration, Environment, Datum]]:
    """The backends of production whose results certainly no code of the tree reads, with the places that set them."""
    stores = [
        (configuration, environment, store)
        for configuration in project.configurations
        for environment in configuration.production
        if (store := environment.result_store) is not None and store.is_known
    ]
    if not stores or any(map(project.sources.mentioning, knowledge.READERS)) or project.services.flowers:
        return
    if project.waits or project.result_questions or project.chords or not project.dispatches:
        return
    if any(dispatch.call.use not in USES and not dispatch.waits_for_commit for dispatch in project.dispatches):
        return
    seen = set()
    for configuration, environment, store in stores:
        if (store.path, store.span) not in seen:
            seen.add((store.path, store.span))
            yield configuration, environment, store


def untracked(project: Project) -> Iterator[Configuration]:
    """The configurations, one for each Django project, under which a failure is only a line in a log."""
    if any(map(project.sources.mentioning, knowledge.HEARERS)) or project.services.flowers:
        return
    if any(names_package(project.around, package) for package in knowledge.TRACKERS):
        return
    for configurations in project.configured_homes:
        kept = [configuration for configuration in configurations if configuration.production]
        if kept and kept[0].tasks and all(_stores_nothing(project, configuration) for configuration in kept):
            yield kept[0]


def _stores_nothing(project: Project, configuration: Configuration) -> bool:
    """Whether there is no backend, and nobody has said that results are ignored on purpose."""
    missing = project.kind_of_backend(configuration.app.path) == "none"
    return missing and not any(env.setting("task_ignore_result").truth for env in configuration.production)
