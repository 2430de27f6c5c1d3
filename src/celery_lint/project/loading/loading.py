"""Whether modules are imported where they are needed, of a whole project."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from celery_lint.project.loading.app import UnloadedApp, unloaded_apps
from celery_lint.project.loading.discovery import Discovery, discoveries
from celery_lint.project.loading.outside import OutsideTask, outside_tasks
from celery_lint.project.loading.settings_module import SettingsModule, settings_modules

if TYPE_CHECKING:
    from celery_lint.project.project import Project

__all__ = ["Loading"]


class Loading:
    """What the processes of a project import, as far as Celery is concerned."""

    def __init__(self, project: Project) -> None:
        self._project = project

    @cached_property
    def unloaded_apps(self) -> tuple[UnloadedApp, ...]:
        """Apps that the web does not import."""
        return tuple(unloaded_apps(self._project))

    @cached_property
    def settings_modules(self) -> tuple[SettingsModule, ...]:
        """Apps that are made before Django's settings are named, or without that."""
        return tuple(settings_modules(self._project))

    @cached_property
    def discoveries(self) -> tuple[Discovery, ...]:
        """Calls of `autodiscover_tasks`."""
        return tuple(discoveries(self._project))

    @cached_property
    def outside_tasks(self) -> tuple[OutsideTask, ...]:
        """Tasks that no worker knows."""
        return tuple(outside_tasks(self._project))
