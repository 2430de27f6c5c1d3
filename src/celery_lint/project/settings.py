"""Settings as the project writes them: Django settings modules, Celery configuration, eager mode."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import cached_property

from msgspec import Struct

from celery_lint.facts import schema as s
from celery_lint.knowledge import celery as celery_knowledge
from celery_lint.project.conditions import guard
from celery_lint.project.evaluate import Evaluator
from celery_lint.project.places import is_settings_path, place_of
from celery_lint.project.program import Place, Program
from celery_lint.project.values import UNKNOWN, ClassValue, External, Literal, TupleValue, Value
from celery_lint.project.view import FileView, last_name

__all__ = ["Assignment", "CeleryApp", "Settings", "truthy"]

APP_CALL = re.compile(rb"Celery\w*\(")
ENVIRONMENT_DEFAULTS = ("default", "fallback")


class Assignment(Struct, frozen=True):
    """A setting given a value: at a name, an attribute, an item, a keyword or a dict key. `value` is its expression.

    `guard` is "" when it always runs, "tests" or "development" under an if that says so, "unknown" under another.
    `holder` ends the name of what is given the setting (`settings`, `conf`, `environ`, `override_settings`); it is ""
    for a name of its own.
    """

    path: str
    name: str
    value: s.Expr
    place: Place
    span: s.Span
    statement: s.Span
    guard: str
    scope_name: str = ""
    holder: str = ""


class CeleryApp(Struct, frozen=True):
    path: str
    call: int


class Settings:
    def __init__(self, program: Program, evaluator: Evaluator) -> None:
        self.program = program
        self.evaluator = evaluator
        sources = program.sources
        self._manage = sorted(
            {os.path.dirname(path) for path in sources.files if os.path.basename(path) == "manage.py"},
            key=len,
            reverse=True,
        )

    def home(self, path: str) -> str:
        """The directory of the Django project a file belongs to: the nearest with a manage.py above it, else the one
        that has a manage.py, be it beside the file's package, else the root."""
        for directory in self._manage:
            if not directory or path.startswith(f"{directory}/"):
                return directory
        return self._only_home

    @cached_property
    def _only_home(self) -> str:
        """The directory of the one Django project there is, those of tests aside."""
        real = [each for each in self._manage if place_of(f"{each}/manage.py") != "tests"]
        return real[0] if len(real) == 1 else ""

    # Database

    @cached_property
    def atomic_requests(self) -> dict[str, Assignment]:
        """Project home → where DATABASES turns ATOMIC_REQUESTS on for its production settings."""
        found: dict[str, Assignment] = {}
        for path in self.program.sources.code_containing("ATOMIC_REQUESTS"):
            if place_of(path) != "production":
                continue
            last = max(self._database_options(self.program.view(path)), key=lambda i: i.place.order, default=None)
            if last is not None and self.truth(last.value, last.place):
                found.setdefault(self.home(path), last)
        return found

    def _database_options(self, view: FileView) -> Iterator[Assignment]:
        named = set(named_in_databases(view))
        for binding in view.facts.bindings:
            about = binding.target.startswith("DATABASES") or binding.target.partition("[")[0] in named
            if not about or binding.value is None or not self._at_settings_level(view, binding.scope):
                continue
            place = Place(view.path, binding.scope, binding.frame, binding.order)
            if binding.target.endswith("['ATOMIC_REQUESTS']"):
                yield self._assignment(view, binding, "ATOMIC_REQUESTS", binding.value)
            yield from self._keys(view, binding, binding.value, place, "ATOMIC_REQUESTS")
        for call in view.facts.calls:
            if isinstance(call.func, s.Attribute) and call.func.name == "update" and root(call.func) == "DATABASES":
                for keyword in call.keywords:
                    if keyword.name == "ATOMIC_REQUESTS":
                        yield self._keyword(view, call, keyword)

    def _keys(self, view: FileView, binding: s.Binding, value: s.Expr, place: Place, name: str) -> Iterator[Assignment]:
        if isinstance(value, s.Mapping):
            for key, item, span in zip(value.keys, value.values, value.spans, strict=True):
                if isinstance(key, s.Constant) and key.value == name:
                    statement = view.statement(binding.statement)
                    yield Assignment(view.path, name, item, place, span, statement, guard(view, place.frame))
                else:
                    yield from self._keys(view, binding, item, place, name)
        call = view.call(value)
        if call is not None:
            for keyword in call.keywords:
                if keyword.name == name:
                    yield self._keyword(view, call, keyword)

    def keywords(self, view: FileView, call: s.Call, name: str) -> Iterator[Assignment]:
        """The keyword argument of that name, as a setting."""
        return (self._keyword(view, call, keyword) for keyword in call.keywords if keyword.name == name)

    def _keyword(self, view: FileView, call: s.Call, keyword: s.Keyword) -> Assignment:
        place = self.program.place_of_call(view.path, call)
        statement = view.statement(call.statement)
        around = guard(view, call.frame)
        name = keyword.name or ""
        return Assignment(view.path, name, keyword.value, place, keyword.span, statement, around, holder=holder(call))

    def _assignment(self, view: FileView, binding: s.Binding, name: str, value: s.Expr) -> Assignment:
        place = Place(view.path, binding.scope, binding.frame, binding.order)
        statement = view.statement(binding.statement)
        around = guard(view, binding.frame)
        scope = view.qualified(binding.scope)
        on = last_name(binding.base) if binding.base is not None else ""
        return Assignment(view.path, name, value, place, binding.span, statement, around, scope, on)

    @cached_property
    def misplaced_atomic_requests(self) -> list[Assignment]:
        """`ATOMIC_REQUESTS = True` as a setting of its own that nothing reads."""
        found = []
        for path in self.program.sources.code_containing("ATOMIC_REQUESTS"):
            view = self.program.view(path)
            if not is_settings_module(view):
                continue
            for binding in view.facts.bindings:
                at_level = self._at_settings_level(view, binding.scope)
                if binding.target != "ATOMIC_REQUESTS" or not at_level or binding.value is None:
                    continue
                item = self._assignment(view, binding, "ATOMIC_REQUESTS", binding.value)
                if self.truth(item.value, item.place) and not self.is_read(view, "ATOMIC_REQUESTS"):
                    found.append(item)
        return found

    def is_read(self, view: FileView, name: str) -> bool:
        """Whether a module uses the name as a value: more often than it stands as a target or a string."""
        content = self.program.sources.read(view.path).decode("utf-8", "replace")
        code = "\n".join(line.partition("#")[0] for line in content.splitlines())
        targets = sum(binding.target == name for binding in view.facts.bindings)
        quoted = code.count(f'"{name}"') + code.count(f"'{name}'")
        return code.count(name) - quoted > targets

    # Values

    def truth(self, expr: s.Expr, place: Place) -> bool | None:
        """What a setting's value amounts to as a boolean; an environment lookup counts by its default."""
        value = self.evaluator.value(expr, place)
        if isinstance(value, Literal) and (value.value is not None or value.kind == "NoneType"):
            return bool(value.value)
        if isinstance(value, TupleValue):
            return bool(value.items)
        call = self.program.view(place.path).call(expr)
        return self._default(call, place) if call is not None else None

    def _default(self, call: s.Call, place: Place) -> bool | None:
        """The default of `env.bool("X", default=True)`, `strtobool(os.environ.get("X", "True"))` and the like."""
        for keyword in call.keywords:
            if keyword.name in ENVIRONMENT_DEFAULTS:
                return truthy(self.evaluator.value(keyword.value, place))
        view = self.program.view(place.path)
        if len(call.args) == 1:
            inner = view.call(call.args[0])
            if inner is not None:
                return self._default(inner, place)
            return None
        for arg in call.args[1:]:
            value = self.evaluator.value(arg, place)
            if isinstance(value, Literal) and value.kind in ("bool", "str", "int"):
                return truthy(value)
        return None

    # Celery

    @cached_property
    def apps(self) -> tuple[CeleryApp, ...]:
        """`Celery(…)` calls outside tests, and those of a class that is chosen at run time."""
        found = []
        sources = self.program.sources
        for path in sources.code_with_text(b"Celery"):
            if not sources.has_match(path, APP_CALL):
                continue
            view = self.program.view(path)
            for number, call in enumerate(view.facts.calls):
                if "elery" not in last_name(call.func):
                    continue
                value = self.evaluator.value(call.func, self.program.place_of_call(path, call))
                if isinstance(value, External | ClassValue) and self.is_app_class(value):
                    found.append(CeleryApp(path, number))
        return tuple(dict.fromkeys((*found, *self._configured_apps())))

    def _configured_apps(self) -> Iterator[CeleryApp]:
        """Calls of something unknown that give a module the object which it tells to read Django's settings."""
        for path in self.program.sources.code_containing("config_from_object"):
            view = self.program.view(path)
            for number in view.calls_by_name.get("config_from_object", ()):
                call = view.facts.calls[number]
                read = view.argument(call, 0, "obj")
                if not isinstance(call.func, s.Attribute) or not isinstance(call.func.base, s.Name):
                    continue
                if not isinstance(read, s.Constant) or read.value not in celery_knowledge.DJANGO_SETTINGS:
                    continue
                name = call.func.base.id
                made = [b.value for b in view.facts.bindings if b.scope == 0 and b.target == name]
                if len(made) == 1 and isinstance(made[0], s.CallRef):
                    maker = view.facts.calls[made[0].index]
                    if self.evaluator.value(maker.func, self.program.place_of_call(path, maker)) == UNKNOWN:
                        yield CeleryApp(path, made[0].index)

    def has_django_fixup(self, app: CeleryApp) -> bool:
        """`os.environ.setdefault("DJANGO_SETTINGS_MODULE", …)` stands before a plain `Celery(…)`."""
        view = self.program.view(app.path)
        call = view.facts.calls[app.call]
        if any(keyword.name == "fixups" for keyword in call.keywords):
            return False
        value = self.evaluator.value(call.func, self.program.place_of_call(app.path, call))
        if not isinstance(value, External) or self.gives_task_class(app):
            return False
        named = [
            other.order
            for other in view.facts.calls
            if other.args and isinstance(other.args[0], s.Constant) and other.args[0].value == "DJANGO_SETTINGS_MODULE"
        ]
        named += [b.order for b in view.facts.bindings if "DJANGO_SETTINGS_MODULE" in b.target]
        return any(order < call.order for order in named)

    def gives_task_class(self, app: CeleryApp) -> bool:
        """Whether an app's tasks are of a class of its own, which may call them in another way: `task_cls=`, and the
        app classes of packages."""
        call = self.program.view(app.path).facts.calls[app.call]
        value = self.evaluator.value(call.func, self.program.place_of_call(app.path, call))
        of_package = isinstance(value, External) and value.name in celery_knowledge.APPS - celery_knowledge.PLAIN_APPS
        return of_package or any(keyword.name == "task_cls" for keyword in call.keywords)

    def lacks_django_fixup(self, app: CeleryApp) -> bool:
        """`Celery(…, fixups=[])` certainly leaves tasks without `delay_on_commit`."""
        view = self.program.view(app.path)
        call = view.facts.calls[app.call]
        return any(k.name == "fixups" and k.value == s.Display("list", ()) for k in call.keywords)

    def is_app_class(self, value: ClassValue | External) -> bool:
        return self.evaluator.classes.inherits(value, celery_knowledge.APPS)

    def assignments(self, names: frozenset[str]) -> Iterator[Assignment]:
        """Every place outside tests that gives one of the settings a value."""
        for path in self.program.sources.code_with_any(names):
            yield from self.in_view(self.program.view(path), names)

    def assignments_in_tests(self, needles: tuple[bytes, ...], names: frozenset[str]) -> Iterator[Assignment]:
        """Likewise in tests, in whose bytes one of the needles stands."""
        for path in self.program.sources.elsewhere_containing(needles):
            yield from self.in_view(self.program.view(path), names)

    def in_view(self, view: FileView, names: frozenset[str]) -> Iterator[Assignment]:
        for binding in view.facts.bindings:
            if binding.value is None or binding.kind not in ("assign", "annotated"):
                continue
            name = setting_name(binding.target)
            if name in names and (binding.base is not None or self._at_settings_level(view, binding.scope)):
                yield self._assignment(view, binding, name, binding.value)
        for call in view.facts.calls:
            for keyword in call.keywords:
                if keyword.name in names and not declares_types(call):
                    yield self._keyword(view, call, keyword)
            yield from self._set_by_name(view, call, names)
        yield from self._dict_keys(view, names)

    def _at_settings_level(self, view: FileView, scope: int) -> bool:
        """A module, or the body of a class: not a local variable."""
        return view.facts.scopes[scope].kind in ("module", "class")

    def _set_by_name(self, view: FileView, call: s.Call, names: frozenset[str]) -> Iterator[Assignment]:
        """`setattr(settings, "CELERY_…", True)`, `monkeypatch.setattr(settings, "…", True)`, `conf["…"]`."""
        if last_name(call.func) not in ("setattr", "setitem", "object") or len(call.args) < 3:
            return
        key = call.args[1]
        if isinstance(key, s.Constant) and key.value in names:
            place = self.program.place_of_call(view.path, call)
            statement = view.statement(call.statement)
            around = guard(view, call.frame)
            on = last_name(call.args[0])
            yield Assignment(view.path, str(key.value), call.args[2], place, call.span, statement, around, holder=on)

    def _dict_keys(self, view: FileView, names: frozenset[str]) -> Iterator[Assignment]:
        """Keys of dict displays that are returned, assigned or handed to a call."""
        for item in view.facts.returns:
            if isinstance(item.value, s.Mapping):
                place = Place(view.path, item.scope, item.frame, item.order)
                on = view.facts.scopes[item.scope].name
                yield from self._keys_in(view, item.value, place, item.span, names, on)
        for binding in view.facts.bindings:
            if isinstance(binding.value, s.Mapping):
                place = Place(view.path, binding.scope, binding.frame, binding.order)
                statement = view.statement(binding.statement)
                yield from self._keys_in(view, binding.value, place, statement, names, binding.target)
        for call in view.facts.calls:
            for arg in (*call.args, *(keyword.value for keyword in call.keywords)):
                if isinstance(arg, s.Mapping):
                    place = self.program.place_of_call(view.path, call)
                    yield from self._keys_in(view, arg, place, view.statement(call.statement), names, holder(call))

    def _keys_in(
        self, view: FileView, mapping: s.Mapping, place: Place, statement: s.Span, names: frozenset[str], on: str
    ) -> Iterator[Assignment]:
        for key, value, span in zip(mapping.keys, mapping.values, mapping.spans, strict=True):
            if isinstance(key, s.Constant) and key.value in names:
                around = guard(view, place.frame)
                yield Assignment(view.path, str(key.value), value, place, span, statement, around, holder=on)

    def first_celery_setting(self, path: str) -> s.Binding | None:
        """The first `CELERY_…` assignment of a settings module or class."""
        view = self.program.view(path)
        for binding in view.facts.bindings:
            if binding.target.startswith("CELERY_") and self._at_settings_level(view, binding.scope):
                return binding
        return None

    @cached_property
    def celery_settings_modules(self) -> tuple[str, ...]:
        """Production settings modules that configure Celery."""
        found = []
        for path in self.program.sources.code_with_text(b"CELERY_"):
            if place_of(path) != "production":
                continue
            view = self.program.view(path)
            if is_settings_module(view) and self.first_celery_setting(path) is not None:
                found.append(path)
        return tuple(found)

    def value_of(self, item: Assignment) -> Value:
        return self.evaluator.value(item.value, item.place)


def declares_types(call: s.Call) -> bool:
    """`environ.Env(NAME=(bool, False))` declares how a variable is read; it sets nothing."""
    return last_name(call.func).endswith("Env")


def named_in_databases(view: FileView) -> Iterator[str]:
    """The variables that stand for a database in `DATABASES = {"default": postgres}`."""
    for binding in view.facts.bindings:
        if binding.target.startswith("DATABASES") and isinstance(binding.value, s.Mapping | s.Name):
            values = binding.value.values if isinstance(binding.value, s.Mapping) else (binding.value,)
            yield from (value.id for value in values if isinstance(value, s.Name))


def holder(call: s.Call) -> str:
    """What a call gives settings to: `conf.update(…)`, `override_settings(…)`, `patch.dict(os.environ, …)`."""
    first = call.args[0] if call.args else None
    if first == s.Constant("str", "os.environ") or (first is not None and last_name(first) == "environ"):
        return "environ"
    if isinstance(call.func, s.Attribute) and call.func.name == "update":
        return last_name(call.func.base)
    return last_name(call.func)


def root(expr: s.Expr) -> str:
    """The name at the left end of attributes and items."""
    while isinstance(expr, s.Attribute | s.Item):
        expr = expr.base
    return expr.id if isinstance(expr, s.Name) else ""


def truthy(value: Value) -> bool | None:
    if not isinstance(value, Literal):
        return None
    if value.kind == "str" and isinstance(value.value, str):
        return value.value.strip().lower() in ("1", "true", "yes", "on", "y", "t")
    return None if value.value is None and value.kind != "NoneType" else bool(value.value)


def setting_name(target: str) -> str:
    """The setting a target names: `app.conf.task_always_eager`, `conf['task_always_eager']`, `CELERY_X`."""
    if target.endswith("']"):
        return target[:-2].rpartition("'")[2]
    return target.rpartition(".")[2]


def is_settings_module(view: FileView) -> bool:
    """A module that Django or Celery reads settings from, by its place or by the settings it sets."""
    if is_settings_path(view.path):
        return True
    targets = {binding.target for binding in view.facts.bindings if binding.scope == 0}
    return "INSTALLED_APPS" in targets or "DATABASES" in targets
