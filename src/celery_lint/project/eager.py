"""Where eager mode is switched on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from celery_lint.knowledge.celery import EAGER_SETTINGS, OLD_EAGER_SETTING, OLD_NAMES_IN_NAMESPACE
from celery_lint.project.places import is_settings_path, place_of
from celery_lint.project.settings import Assignment, truthy

if TYPE_CHECKING:
    from celery_lint.project.project import Project

__all__ = ["Eager"]

NEEDLES = (b"ALWAYS_EAGER", b"always_eager")
DEBUG = frozenset({"DEBUG"})
DJANGO = frozenset({"", "settings", "override_settings"})
"""Holders of Django's settings, where Celery looks for names of the app's namespace."""


class Eager:
    def __init__(self, project: Project) -> None:
        self.project = project
        self.settings = project.settings

    @cached_property
    def _given(self) -> tuple[Assignment, ...]:
        found = (
            *self.settings.assignments(EAGER_SETTINGS),
            *self.settings.assignments_in_tests(NEEDLES, EAGER_SETTINGS),
        )
        return tuple(sorted(found, key=lambda item: (item.path, item.span.line, item.span.column)))

    @cached_property
    def _switched_on(self) -> tuple[Assignment, ...]:
        return tuple(item for item in self._given if self._is_on(item) and self._is_read(item))

    def _is_on(self, item: Assignment) -> bool:
        if item.holder == "environ":
            return bool(truthy(self.settings.value_of(item)))
        return bool(self.settings.truth(item.value, item.place))

    def _is_read(self, item: Assignment) -> bool:
        """Whether Celery may see it: the variable goes into a setting, and the setting's name is one the app reads."""
        if item.holder == "environ":
            asked = re.compile(rf"""[(\[]\s*["']{item.name}["']""")
            settings = (each for each in self._given if each.holder in DJANGO or each.holder == "conf")
            return any(asked.search(self._text(each)) and self._is_read(each) for each in settings)
        old = item.name == OLD_EAGER_SETTING and item.holder in DJANGO
        return not old or self._reads_old_name(item.path)

    def _text(self, item: Assignment) -> str:
        return self.project.text(self.project.program.location(item.path, item.statement))

    def _reads_old_name(self, path: str) -> bool:
        """Whether Celery reads the name of the time before Celery 4 in the project's settings, or the project does."""
        version = self.project.celery_version
        if version is not None and version >= OLD_NAMES_IN_NAMESPACE:
            return True
        home = self.settings.home(path)
        prefixes = [e.prefix for each in self.project.configurations if each.home == home for e in each.environments]
        if not prefixes or not all(prefixes):
            return True
        setters = {item.path for item in self._given if item.name == OLD_EAGER_SETTING and not item.holder}
        return self.project.is_read(OLD_EAGER_SETTING, setters)

    @property
    def in_tests(self) -> Iterator[Assignment]:
        """The first place of each test file or test settings module, or under an if that asks for tests."""
        seen = set()
        for item in self._switched_on:
            is_test = place_of(item.path) == "tests" or item.guard == "tests" or self._is_test_class(item)
            if is_test and item.path not in seen:
                seen.add(item.path)
                yield item

    @property
    def in_production(self) -> Iterator[Assignment]:
        """In settings that are neither a test's nor a developer's, with nothing around that says otherwise."""
        for item in self._switched_on:
            one_of_many = self._is_test_class(item) or self._is_development_class(item)
            if place_of(item.path) != "production" or item.guard or one_of_many or not is_settings(item):
                continue
            if not self._has_debug(item.path):
                yield item

    def _has_debug(self, path: str) -> bool:
        """Whether a settings module switches Django's debug mode on, and nobody serves customers with it."""
        given = self.settings.in_view(self.project.program.view(path), DEBUG)
        return any(self.settings.truth(each.value, each.place) and not each.guard for each in given)

    def _is_test_class(self, item: Assignment) -> bool:
        """A settings class of django-configurations that is named for tests."""
        name = item.scope_name.rpartition(".")[2].lower()
        return bool(name) and ("test" in name or name == "ci")

    def _is_development_class(self, item: Assignment) -> bool:
        """A class is one environment among several unless it is named for production."""
        name = item.scope_name.rpartition(".")[2].lower()
        return bool(name) and "prod" not in name


def is_settings(item: Assignment) -> bool:
    """A settings module's own setting, or a Celery app's configuration."""
    return is_settings_path(item.path) or item.name == "task_always_eager" or "celery" in item.path.lower()
