"""A project's Celery configuration as a whole: one for each Django project of the tree that has an app."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from celery_lint.facts import schema as s
from celery_lint.finding import AppendText, Applicability, Fix, Location, Nomination
from celery_lint.project.places import place_of
from celery_lint.project.settings import Assignment, CeleryApp
from celery_lint.project.tasks import Task
from celery_lint.project.values import Literal

if TYPE_CHECKING:
    from celery_lint.project.project import Project

__all__ = ["Configuration", "SettingPlace", "configurations"]

ACKS_LATE = frozenset({"CELERY_TASK_ACKS_LATE", "CELERY_ACKS_LATE", "task_acks_late", "TASK_ACKS_LATE"})
BACKEND = frozenset({"CELERY_RESULT_BACKEND", "result_backend", "RESULT_BACKEND"})
EXPIRES = frozenset(
    {
        "CELERY_RESULT_EXPIRES",
        "CELERY_TASK_RESULT_EXPIRES",
        "result_expires",
        "RESULT_EXPIRES",
        "TASK_RESULT_EXPIRES",
    }
)
IGNORES = frozenset({"CELERY_TASK_IGNORE_RESULT", "CELERY_IGNORE_RESULT", "task_ignore_result"})
DJANGO_SETTINGS = ("django.conf:settings", "django.conf.settings")
NOT_STORED = ("rpc", "disabled", "cache+memory", "amqp")


class SettingPlace(Struct, frozen=True):
    """Where a configuration is spoken of: a setting, or the `Celery(…)` call."""

    path: str
    span: s.Span
    statement: s.Span
    expect: str


@dataclass(frozen=True)
class Configuration:
    project: Project
    home: str
    apps: tuple[CeleryApp, ...]

    @cached_property
    def _modules(self) -> tuple[str, ...]:
        settings = self.project.settings
        return tuple(path for path in settings.celery_settings_modules if settings.home(path) == self.home)

    def _assigned(self, names: frozenset[str]) -> list[Assignment]:
        settings = self.project.settings
        return [
            item
            for item in settings.assignments(names)
            if settings.home(item.path) == self.home and place_of(item.path) == "production"
        ]

    @cached_property
    def place(self) -> SettingPlace | None:
        """The first Celery setting of the production settings, else the app; None when the configuration comes
        from where nothing can be read."""
        settings = self.project.settings
        for path in sorted(self._modules, key=lambda path: (len(path.split("/")), path)):
            binding = settings.first_celery_setting(path)
            if binding is not None:
                view = self.project.program.view(path)
                return SettingPlace(path, binding.span, view.statement(binding.statement), "assignment")
        for app in self.apps:
            view = self.project.program.view(app.path)
            call = view.facts.calls[app.call]
            return SettingPlace(app.path, call.span, view.statement(call.statement), "call")
        return None

    @cached_property
    def is_known(self) -> bool:
        """Whether all of the configuration can be read: Django's settings, or what is set on the app itself."""
        project = self.project
        for path in project.sources.code_with_any(("config_from_object", "config_from_envvar")):
            view = project.program.view(path)
            if project.settings.home(path) != self.home:
                continue
            if view.calls_by_name.get("config_from_envvar"):
                return False
            for number in view.calls_by_name.get("config_from_object", ()):
                call = view.facts.calls[number]
                value = project.evaluator.value(
                    view.argument(call, 0, "obj"), project.program.place_of_call(path, call)
                )
                text = value.value if isinstance(value, Literal) else getattr(value, "name", "")
                if text not in DJANGO_SETTINGS:
                    return False
        return all(not self._has_own_task_class(app) for app in self.apps)

    def _has_own_task_class(self, app: CeleryApp) -> bool:
        call = self.project.program.view(app.path).facts.calls[app.call]
        return any(keyword.name == "task_cls" for keyword in call.keywords)

    @cached_property
    def has_tasks(self) -> bool:
        return bool(self._tasks)

    @cached_property
    def _tasks(self) -> list[Task]:
        return [task for task in self.project.tasks.all if self.project.settings.home(task.path) == self.home]

    @cached_property
    def sets_acks_late(self) -> bool:
        """Whether late acknowledgement is decided: in the settings, either way, or on at least half of the tasks."""
        if self._assigned(ACKS_LATE):
            return True
        decided = 0
        for task in self._tasks:
            own = task.option("acks_late")
            if own is None and task.base is not None and not isinstance(task.base, str):
                own = self.project.base_option(task.base, "acks_late")
            decided += isinstance(own, Literal)
        return decided * 2 >= len(self._tasks)

    @cached_property
    def stored_results(self) -> SettingPlace | None:
        """The setting of a backend that keeps results, unless all results are ignored."""
        settings = self.project.settings
        if any(settings.truth(item.value, item.place) for item in self._assigned(IGNORES)):
            return None
        for item in (*self._assigned(BACKEND), *self._app_keywords("backend")):
            value = settings.value_of(item)
            if isinstance(value, Literal):
                text = value.value if isinstance(value.value, str) else ""
                if value.kind == "NoneType" or text.startswith(NOT_STORED) or (value.kind == "str" and text == ""):
                    continue
            return SettingPlace(item.path, item.span, item.statement, "assignment")
        return None

    def _app_keywords(self, name: str) -> Iterator[Assignment]:
        """The keyword of that name in the project's `Celery(…)` calls."""
        for app in self.apps:
            view = self.project.program.view(app.path)
            yield from self.project.settings.keywords(view, view.facts.calls[app.call], name)

    @cached_property
    def sets_result_expires(self) -> bool:
        return bool(self._assigned(EXPIRES))

    def insertion(self, title: str, settings: Mapping[str, str]) -> Fix | None:
        """The settings on lines of their own after the place, in the spelling of the namespace."""
        place = self.place
        if place is None or place.expect != "assignment":
            return None
        text = "\n".join(f"CELERY_{name.upper()} = {value}" for name, value in settings.items())
        after = self.project.program.location(place.path, place.statement)
        return Fix(title, Applicability.UNSAFE, (AppendText(place.path, text, after),))

    def nominate(self, rule: str, place: SettingPlace | None, *, fix: Fix | None = None) -> Nomination:
        assert place is not None
        location: Location = self.project.program.location(place.path, place.span)
        statement = self.project.program.location(place.path, place.statement)
        return Nomination(rule, location, statement, {}, expect=place.expect, fix=fix)


def configurations(project: Project) -> tuple[Configuration, ...]:
    """One for each Django project of the tree with a Celery app or Celery settings of its own."""
    homes: dict[str, list[CeleryApp]] = {}
    for app in project.settings.apps:
        homes.setdefault(project.settings.home(app.path), []).append(app)
    return tuple(Configuration(project, home, tuple(apps)) for home, apps in sorted(homes.items()))
