"""Tasks in modules that no worker imports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from celery_lint.finding import Nomination
from celery_lint.project.loading.discovery import Discovery
from celery_lint.project.loading.importers import is_imported
from celery_lint.project.places import place_of

if TYPE_CHECKING:
    from celery_lint.project.configuration import Configuration, Environment
    from celery_lint.project.project import Project
    from celery_lint.project.tasks import Task

__all__ = ["OutsideTask", "outside_tasks"]


@dataclass(frozen=True)
class OutsideTask:
    """A task in a module that no worker imports; it is the first of its module."""

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
    """The first task of each module that nothing imports and no discovery looks at."""
    for configurations in project.configured_homes:
        if len(configurations) != 1 or not configurations[0].production:
            continue
        configuration = configurations[0]
        found = [each for each in project.loading.discoveries if each.configuration is configuration]
        if not found or any(each.related is None for each in found):
            continue
        seen: set[str] = set()
        for task in configuration.tasks:
            if task.path in seen or place_of(task.path) != "production":
                continue
            seen.add(task.path)
            names = project.sources.module_names(task.path)
            is_found = any(_may_find(each, name) for each in found for name in names)
            if not is_found and not _is_listed(configuration, names) and not is_imported(project, task.path):
                yield OutsideTask(project, task, project.sources.module_name(task.path))


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
