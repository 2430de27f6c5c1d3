"""Where eager mode is switched on."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from celery_lint.knowledge.celery import EAGER_SETTINGS
from celery_lint.project.places import is_settings_path, place_of
from celery_lint.project.program import Program
from celery_lint.project.settings import Assignment, Settings

__all__ = ["Eager"]

NEEDLES = (b"ALWAYS_EAGER", b"always_eager")
DEBUG = frozenset({"DEBUG"})


class Eager:
    def __init__(self, program: Program, settings: Settings) -> None:
        self.program = program
        self.settings = settings

    @cached_property
    def _switched_on(self) -> tuple[Assignment, ...]:
        found = [
            item
            for item in (
                *self.settings.assignments(EAGER_SETTINGS),
                *self.settings.assignments_in_tests(NEEDLES, EAGER_SETTINGS),
            )
            if self.settings.truth(item.value, item.place)
        ]
        return tuple(sorted(found, key=lambda item: (item.path, item.span.line, item.span.column)))

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
        given = self.settings.in_view(self.program.view(path), DEBUG)
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
