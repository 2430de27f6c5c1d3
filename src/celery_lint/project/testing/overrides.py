"""Settings that a test replaces, where Celery does not look again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from celery_lint.facts import schema as s
from celery_lint.finding import Location, Nomination
from celery_lint.knowledge.celery import OPTIONS_READ_ONCE
from celery_lint.knowledge.settings import registry
from celery_lint.project.configuration import Configuration, spelled
from celery_lint.project.configuration.configuration import APP_WINS
from celery_lint.project.program import Place
from celery_lint.project.settings import setting_name
from celery_lint.project.values import External, Instance
from celery_lint.project.view import FileView, last_name

if TYPE_CHECKING:
    from celery_lint.project.project import Project

__all__ = ["Override", "overrides_without_effect"]

CONF = (b".conf.update(", *(f".conf.{start}".encode() for start in ("broker_", "result_", "task_", "worker_")))
"""What stands where a test sets something on the app."""

OVERRIDING = frozenset({"django.test.override_settings", "django.test.utils.override_settings"})


class Override(Struct, frozen=True):
    """A place that gives a setting another value in a test. `reason` says why that changes nothing."""

    project: Project
    path: str
    name: str
    span: s.Span
    statement: s.Span
    reason: str

    @property
    def location(self) -> Location:
        return self.project.program.location(self.path, self.span)

    def nominate(self, rule: str) -> Nomination:
        statement = self.project.program.location(self.path, self.statement)
        values = {"setting": self.name, "reason": self.reason}
        return Nomination(rule, self.location, statement, values, expect="", label="has no effect")


def overrides_without_effect(project: Project) -> Iterator[Override]:
    """In the order of files: options that tasks read once, and what Django's settings beat."""
    homes: dict[str, list[Configuration]] = {}
    for configuration in project.configurations:
        homes.setdefault(configuration.home, []).append(configuration)
    options = tuple(setting.upper().encode() for setting in OPTIONS_READ_ONCE)
    for path in project.sources.elsewhere_containing((*options, *CONF)):
        home = homes.get(project.settings.home(path), [])
        if project.scope(path) == "tests" and len(home) == 1:
            view = project.program.view(path)
            yield from _read_once(project, view, home[0])
            yield from _beaten(project, view, home[0])


def _read_once(project: Project, view: FileView, configuration: Configuration) -> Iterator[Override]:
    """`override_settings(CELERY_TASK_ACKS_LATE=True)`, and the same with pytest-django's `settings`."""
    names = {
        spelled(environment.prefix, setting): option
        for environment in configuration.environments
        if environment.prefix
        for setting, option in OPTIONS_READ_ONCE.items()
    }

    def override(name: str, span: s.Span, statement: int) -> Override:
        reason = f"a task reads it once, as its `{names[name]}`"
        return Override(project, view.path, name, span, view.statement(statement), reason)

    for call in view.facts.calls:
        given = [keyword for keyword in call.keywords if keyword.name in names]
        if given and _overrides(project, view, call):
            yield from (override(keyword.name or "", keyword.span, call.statement) for keyword in given)
    for binding in view.facts.bindings:
        if isinstance(binding.base, s.Name) and binding.base.id == "settings":
            name = setting_name(binding.target)
            parameters = (parameter.name for parameter in view.facts.scopes[binding.scope].parameters)
            if name in names and "settings" in parameters:
                yield override(name, binding.span, binding.statement)


def _overrides(project: Project, view: FileView, call: s.Call) -> bool:
    """`override_settings(…)` or `self.settings(…)`."""
    if last_name(call.func) == "settings":
        return isinstance(call.func, s.Attribute) and call.func.base == s.Name("self")
    value = project.evaluator.value(call.func, project.program.place_of_call(view.path, call))
    return isinstance(value, External) and value.name in OVERRIDING


def _beaten(project: Project, view: FileView, configuration: Configuration) -> Iterator[Override]:
    """`app.conf.task_always_eager = True` where Django's settings have CELERY_TASK_ALWAYS_EAGER, up to Celery 5.6."""
    version = project.celery_version
    if version is None or version >= APP_WINS or not project.pins_celery:
        return
    prefixes = {environment.prefix for environment in configuration.environments}
    if len(prefixes) != 1 or "" in prefixes:
        return
    (prefix,) = prefixes
    written = {name: spelled(prefix, name) for name in registry().settings}
    given = [{each.name for each in environment.given} for environment in configuration.environments]
    set_everywhere = {name for name, spelling in written.items() if all(spelling in names for names in given)}

    def override(name: str, span: s.Span, statement: int) -> Override:
        reason = f"`{written[name]}` in Django's settings comes first"
        return Override(project, view.path, f"conf.{name}", span, view.statement(statement), reason)

    for binding in view.facts.bindings:
        name = setting_name(binding.target)
        if binding.base is not None and name in set_everywhere and last_name(binding.base) == "conf":
            place = Place(view.path, binding.scope, binding.frame, binding.order)
            if _is_conf(project, binding.base, place):
                yield override(name, binding.span, binding.statement)
    for number in view.calls_by_name.get("update", ()):
        call = view.facts.calls[number]
        place = project.program.place_of_call(view.path, call)
        if isinstance(call.func, s.Attribute) and _is_conf(project, call.func.base, place):
            for keyword in call.keywords:
                if keyword.name in set_everywhere:
                    yield override(keyword.name, keyword.span, call.statement)


def _is_conf(project: Project, expr: s.Expr, place: Place) -> bool:
    """Whether an expression is `app.conf` of a Celery app."""
    if not isinstance(expr, s.Attribute) or expr.name != "conf":
        return False
    value = project.evaluator.value(expr.base, place)
    return isinstance(value, Instance) and project.settings.is_app_class(value.cls)
