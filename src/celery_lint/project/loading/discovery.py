"""Calls of `autodiscover_tasks`: where Celery looks for tasks."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from celery_lint.facts import schema as s
from celery_lint.finding import Applicability, Fix, ReplaceText
from celery_lint.project.loading.importers import is_imported
from celery_lint.project.places import place_of
from celery_lint.project.site import CallSite
from celery_lint.project.values import External, ExternalMethod, Instance, LambdaValue, Literal

if TYPE_CHECKING:
    from celery_lint.project.configuration import Configuration
    from celery_lint.project.project import Project

__all__ = ["Discovery", "discoveries"]

METHOD = "autodiscover_tasks"
RELATED = "tasks"
INSTALLED = External("django.conf.settings.INSTALLED_APPS")


class Discovery(CallSite, frozen=True, dict=True):
    """One call of `autodiscover_tasks`. `configuration` is that of its app."""

    configuration: Configuration

    @property
    def packages(self) -> s.Expr | None:
        return self.view.argument(self.call, 0, "packages")

    @cached_property
    def asks_django(self) -> bool:
        """Whether it asks Django for the apps, by which it finds their packages."""
        value = self.value_of(self.packages) if self.packages is not None else Literal("NoneType")
        return value == Literal("NoneType")

    @cached_property
    def takes_setting(self) -> bool:
        """Whether it is given `INSTALLED_APPS` as it is, in which an AppConfig is no package."""
        given = self.packages
        value = self.value_of(given)
        if isinstance(value, LambdaValue):
            scope = self.project.program.view(value.path).facts.scopes[value.scope]
            place = self.project.program.end_of(value.path)
            value = self.project.evaluator.value(scope.body, place)
        return value == INSTALLED

    @cached_property
    def listed(self) -> tuple[str, ...] | None:
        """The packages that it is given as texts; None where it is given something else."""
        given = self.packages
        if not isinstance(given, s.Display):
            return None
        values = [self.value_of(item) for item in given.items]
        texts = [v.value for v in values if isinstance(v, Literal) and isinstance(v.value, str)]
        return tuple(texts) if len(texts) == len(values) else None

    @cached_property
    def related(self) -> str | None:
        """The module that it looks for in each package; "" for the package itself, None where not known."""
        given = self.view.argument(self.call, 1, "related_name")
        if given is None:
            return None if any(k.name is None for k in self.call.keywords) else RELATED
        value = self.value_of(given)
        if not isinstance(value, Literal):
            return None
        return value.value if isinstance(value.value, str) else "" if value.kind == "NoneType" else None

    @property
    def is_lost(self) -> tuple[str, str] | None:
        """An AppConfig in `INSTALLED_APPS` beside whose package there is a module that it should find, and that."""
        if not self.takes_setting or not self.related:
            return None
        for environment in self.configuration.production:
            apps = environment.django("INSTALLED_APPS").datum
            for item in apps.items if apps is not None else ():
                module = self._beside(item.text or "")
                if module is not None:
                    return item.text or "", module
        return None

    def _beside(self, app: str) -> str | None:
        """The module with tasks beside an AppConfig that is named by its dotted path, when nothing imports it."""
        module, _, cls = app.rpartition(".")
        path = self.project.sources.find_module(module, self.path) if module and cls[:1].isupper() else None
        if path is None:
            return None
        file = f"{os.path.dirname(path)}/{self.related}.py"
        tasks = [task for task in self.project.tasks.all if task.path == file]
        if not tasks or is_imported(self.project, tasks[0].path):
            return None
        return self.project.sources.module_name(tasks[0].path)

    @property
    def fix(self) -> Fix | None:
        """The call without its argument, where that asks Django."""
        named = self.project.text(self.location).partition("(")[0]
        if not self.project.settings.has_django_fixup(self.configuration.app):
            return None
        if len(self.call.args) != 1 or self.call.keywords or not re.fullmatch(r"[\w.]+", named):
            return None
        return Fix("Ask Django for the apps", Applicability.SAFE, (ReplaceText(self.location, f"{named}()"),))


def discoveries(project: Project) -> Iterator[Discovery]:
    """The calls that an app of the project makes outside tests."""
    homes = {configuration.home: configuration for configuration in project.configurations}
    for path in project.sources.code_containing(METHOD):
        if place_of(path) != "production" or project.settings.home(path) not in homes:
            continue
        for number in project.program.view(path).calls_by_name.get(METHOD, ()):
            site = Discovery(project, path, number, homes[project.settings.home(path)])
            receiver = site.call.func.base if isinstance(site.call.func, s.Attribute) else None
            if isinstance(site.value_of(receiver), Instance | ExternalMethod | External):
                yield site
