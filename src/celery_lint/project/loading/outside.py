"""Tasks in modules that no worker imports."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from celery_lint.finding import Nomination
from celery_lint.project.loading.discovery import Discovery
from celery_lint.project.loading.importers import is_imported
from celery_lint.project.places import place_of

if TYPE_CHECKING:
    from celery_lint.project.configuration import Configuration, Environment
    from celery_lint.project.project import Project
    from celery_lint.project.tasks import Task

__all__ = ["OutsideTask", "outside_tasks"]


class OutsideTask(Struct, frozen=True):
    """A task in a module that no worker imports."""

    project: Project
    task: Task
    module: str

    def nominate(self, rule: str) -> Nomination:
        location = self.task.location
        assert location is not None
        view = self.project.program.view(self.task.path)
        scope = view.facts.scopes[self.task.value.scope]
        statement = self.project.program.location(self.task.path, view.statement(scope.statement))
        values = {"task": self.task.name.rpartition(".")[2], "module": self.module}
        return Nomination(rule, location, statement, values, expect="definition")


def outside_tasks(project: Project) -> Iterator[OutsideTask]:
    """The first task that is sent of each module that nothing imports and no discovery looks at."""
    for configurations in project.configured_homes:
        if len(configurations) != 1 or not configurations[0].production:
            continue
        configuration = configurations[0]
        found = [each for each in project.loading.discoveries if each.configuration is configuration]
        if not found or any(each.related is None for each in found):
            continue
        modules: dict[str, list[Task]] = {}
        for task in configuration.tasks:
            if place_of(task.path) == "production":
                modules.setdefault(task.path, []).append(task)
        for path, tasks in modules.items():
            names = project.sources.module_names(path)
            is_found = any(_may_find(each, name) for each in found for name in names)
            if is_found or _is_listed(configuration, names) or is_imported(project, path):
                continue
            sent = next((task for task in tasks if _is_sent(project, task)), None)
            if sent is not None:
                yield OutsideTask(project, sent, project.sources.module_name(path))


def _is_sent(project: Project, task: Task) -> bool:
    """Whether some code sends a task, or a text such as an entry of Beat names it."""
    if any(dispatch.task == task for dispatch in project.dispatches):
        return True
    quoted = re.compile(rb"[\"']%b[\"']" % re.escape(task.name).encode())
    paths = project.sources.mentioning(task.name.rpartition(".")[2])
    return any(project.sources.has_match(path, quoted) for path in paths if path != task.path)


def _may_find(discovery: Discovery, module: str) -> bool:
    """Whether a discovery imports a module, as far as can be known."""
    if not discovery.related:
        return True
    package = module.removesuffix(f".{discovery.related}")
    if package == module:
        return False
    if discovery.listed is not None:
        return package in discovery.listed
    if discovery.asks_django or discovery.takes_setting:
        return not all(_lacks(environment, package) for environment in discovery.configuration.production)
    return True


def _lacks(environment: Environment, package: str) -> bool:
    """Whether a package is certainly no installed app, nor in one of a name that is not seen."""
    apps = environment.django("INSTALLED_APPS").datum
    if apps is None or not apps.is_complete or any(item.text is None for item in apps.items):
        return False
    return not any((item.text or "") == package or (item.text or "").startswith(f"{package}.") for item in apps.items)


def _is_listed(configuration: Configuration, modules: Sequence[str]) -> bool:
    """Whether `imports` or `include` names the module, or may."""
    for environment in configuration.production:
        for name in ("imports", "include"):
            setting = environment.setting(name)
            if setting.is_set is False:
                continue
            datum = setting.datum
            if datum is None or not datum.is_complete or any(item.text in (None, *modules) for item in datum.items):
                return True
    return False
