"""Apps that nothing but a worker imports."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from celery_lint.facts import schema as s
from celery_lint.finding import AppendText, Applicability, Fix, Nomination, Step
from celery_lint.project.loading.importers import importers, is_command, is_named, packages_of
from celery_lint.project.places import place_of
from celery_lint.project.site import CallSite

if TYPE_CHECKING:
    from celery_lint.project.configuration import Configuration
    from celery_lint.project.dispatch import Dispatch
    from celery_lint.project.project import Project

__all__ = ["UnloadedApp", "unloaded_apps"]

LOADED_BY_DJANGO = frozenset({"__init__", "apps", "asgi", "manage", "models", "urls", "wsgi"})
DEFAULT_CONFIGURATION = "celeryconfig.py"
BROKER_VARIABLE = "CELERY_BROKER_URL"
"""Celery's default app asks this variable for its broker too."""


class UnloadedApp(CallSite, frozen=True):
    """The `Celery(…)` call of an app that the web never imports, and a place there that sends a shared task."""

    dispatch: Dispatch

    @property
    def import_fix(self) -> Fix | None:
        """The import in the `__init__.py` beside the app, where that is empty and runs with the settings."""
        init = next(iter(packages_of(self.project, self.path)), None)
        module = self.project.sources.module_name(self.path)
        name = next((b.target for b in self.view.facts.bindings if b.value == s.CallRef(self.number)), "")
        if init is None or not name.isidentifier() or os.path.dirname(init) != os.path.dirname(self.path):
            return None
        text = self.project.source(init).decode("utf-8-sig", "replace")
        lines = (line.strip() for line in text.splitlines())
        if any(line and not line.startswith("#") for line in lines) or not self._has_settings_beside:
            return None
        imported = name if name == "celery_app" else f"{name} as celery_app"
        added = f'from {module} import {imported}\n\n__all__ = ["celery_app"]'
        return Fix(f"Import it in `{init}`", Applicability.UNSAFE, (AppendText(init, added),))

    @property
    def _has_settings_beside(self) -> bool:
        """Whether the settings are in its package, so that each process of Django imports that."""
        directory = os.path.dirname(self.path)
        names = ("settings.py", "settings/__init__.py", "wsgi.py")
        return any(self.project.sources.has(f"{directory}/{name}") for name in names)

    def nominate_call(self, rule: str) -> Nomination:
        values = {"task": self.dispatch.task.name}
        step = Step(self.dispatch.location, "sent here, by Celery's default app", aside=True)
        return self.nominate(rule, values, trace=(step, *self.dispatch.definition), fix=self.import_fix)


def unloaded_apps(project: Project) -> Iterator[UnloadedApp]:
    """One for each Django project that has one app, whose module nothing outside tests and commands imports."""
    for configurations in project.configured_homes:
        if len(configurations) != 1 or not _is_of_django(configurations[0]):
            continue
        app = configurations[0].app
        if project.program.view(app.path).facts.calls[app.call].scope != 0 or _may_be_loaded(project, app.path):
            continue
        sent = next(_sent(configurations[0]), None)
        if sent is not None:
            yield UnloadedApp(project, app.path, app.call, sent)


def _is_of_django(configuration: Configuration) -> bool:
    source = configuration.sources.source
    if source is None or not source.django or place_of(configuration.app.path) != "production":
        return False
    brokers = [environment.setting("broker_url").datum for environment in configuration.production]
    return bool(brokers) and all(each is not None and each.variable != BROKER_VARIABLE for each in brokers)


def _may_be_loaded(project: Project, path: str) -> bool:
    stem = os.path.basename(path).removesuffix(".py")
    if stem in LOADED_BY_DJANGO or "settings" in stem or is_named(project, path):
        return True
    if any(os.path.basename(each) == DEFAULT_CONFIGURATION for each in project.sources.files):
        return True
    return any(not is_command(each) for each in importers(project, path))


def _sent(configuration: Configuration) -> Iterator[Dispatch]:
    """Where code that defines no tasks sends shared tasks of the app's project."""
    project = configuration.project
    with_tasks = {task.path for task in project.tasks.all}
    for dispatch in project.dispatches:
        if dispatch.path in with_tasks or dispatch.path == configuration.app.path or not dispatch.task.path:
            continue
        task = dispatch.task
        is_shared = task.value.app == "" and task.base is None
        in_production = place_of(dispatch.path) == "production"
        if is_shared and in_production and project.settings.home(dispatch.path) == configuration.home:
            yield dispatch
