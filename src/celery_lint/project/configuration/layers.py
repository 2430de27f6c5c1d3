"""What an app's configuration is made of: the object it is read from, and what is set on the app itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from celery_lint.facts import schema as s
from celery_lint.knowledge.celery import DJANGO_SETTINGS
from celery_lint.project.conditions import guard
from celery_lint.project.configuration.data import Datum, Scalar, State, Table
from celery_lint.project.configuration.entries import Addition, Additions
from celery_lint.project.configuration.namespaces import Gap, Names, TableNames
from celery_lint.project.program import Place
from celery_lint.project.settings import CeleryApp
from celery_lint.project.values import UNKNOWN, ClassValue, External, Instance, Literal, ModuleValue
from celery_lint.project.view import FileView, last_name

if TYPE_CHECKING:
    from celery_lint.project.configuration.reading import Reader
    from celery_lint.project.settings import Settings

__all__ = ["AppSources", "Layer", "Source"]

KEYWORDS = {"broker": "broker_url", "backend": "result_backend", "include": "include"}
NOT_SETTINGS = frozenset(
    {
        *("main", "loader", "backend", "amqp", "events", "log", "control", "set_as_current", "tasks", "broker"),
        *("include", "changes", "config_source", "fixups", "task_cls", "autofinalize", "namespace", "strict_typing"),
    }
)
CONF = re.compile(rb"conf(?<!\wconf)\s*(?:(?:\.\w+|\[[^\]\n]+\])\s*=[^=]|\.\s*update\s*\()")
"""Begins with letters, and not with what stands before them, so that it is found fast."""


class Layer(Struct, frozen=True):
    """Names with values. Under a namespace the prefix stands before each ("CELERY_"); it is "" without one.

    `on_app` says that they are set on the app itself.
    """

    names: Names
    prefix: str = ""
    on_app: bool = False
    is_django: bool = False


class Source(Struct, frozen=True):
    """What `config_from_object` reads: a namespace of the tree, Django's settings, or one of Django's settings."""

    names: Names | None
    prefix: str
    django: bool = False
    setting: str = ""
    path: str = ""
    call: int = -1


class AppSources:
    """Where one app's settings come from. `gaps` are the places that may set something unseen."""

    def __init__(self, reader: Reader, settings: Settings, app: CeleryApp, alone: bool) -> None:
        self.reader = reader
        self.settings = settings
        self.app = app
        self.alone = alone
        self.view = reader.program.view(app.path)
        self.call = self.view.facts.calls[app.call]
        self._gaps: list[Gap] = []

    @cached_property
    def source(self) -> Source | None:
        """What the last `config_from_object` reads; None when nothing in the tree says."""
        found = None
        for path, number in self._calls("config_from_object"):
            view = self.reader.program.view(path)
            call = view.facts.calls[number]
            found = self._source(view, call, number, view.argument(call, 0, "obj"))
        for keyword in self.call.keywords:
            if keyword.name == "config_source" and found is None:
                found = self._source(self.view, self.call, self.app.call, keyword.value)
        for path, number in self._calls("config_from_envvar"):
            span = self.reader.program.view(path).facts.calls[number].span
            self._gaps.append(Gap(path, span, "an environment variable names the configuration"))
        return found

    @property
    def prefix(self) -> str:
        """What stands before every name that the app reads; "" without a namespace."""
        return self.source.prefix if self.source is not None else ""

    @cached_property
    def own(self) -> Layer:
        """Settings on the app: keywords of `Celery(…)`, `app.conf.x = …`, `app.conf.update(…)`."""
        entries = [*self._keywords(), *self._assigned(), *self._updated()]
        entries.sort(key=lambda entry: (entry[1].path != self.app.path, entry[1].span.line, entry[1].span.column))
        place = Datum(
            Table(tuple(entries)), State.KNOWN, self.app.path, self.call.span, self.view.statement(self.call.statement)
        )
        return Layer(TableNames("app", place), on_app=True)

    @cached_property
    def additions(self) -> tuple[Addition, ...]:
        """What code adds to settings that are dicts or lists."""
        return tuple(Additions(self.reader, self._is_own).find())

    @cached_property
    def gaps(self) -> tuple[Gap, ...]:
        _ = self.source, self.own
        value = self.reader.evaluator.value(self.call.func, self._place(self.view, self.call))
        if value == UNKNOWN:
            self._gaps.append(Gap(self.app.path, self.call.span, "the class of the app is not known"))
        if isinstance(value, ClassValue):
            own = self.reader.program.view(value.path)
            inside = any(b.target.startswith("self.conf") for b in own.facts.bindings) or any(
                isinstance(call.func, s.Attribute) and call.func.base == s.Attribute(s.Name("self"), "conf")
                for call in own.facts.calls
            )
            if inside:
                self._gaps.append(Gap(self.app.path, self.call.span, "the app's own class may set anything"))
        return tuple(dict.fromkeys(self._gaps))

    def _place(self, view: FileView, call: s.Call) -> Place:
        return self.reader.program.place_of_call(view.path, call)

    # Whose it is

    def _calls(self, method: str) -> Iterator[tuple[str, int]]:
        """The calls of a method of this app."""
        for path in self.reader.program.sources.code_containing(method):
            view = self.reader.program.view(path)
            for number in view.calls_by_name.get(method, ()):
                call = view.facts.calls[number]
                if isinstance(call.func, s.Attribute) and self._is_own(call.func.base, self._place(view, call)):
                    yield path, number

    def _is_own(self, expr: s.Expr, place: Place) -> bool:
        """Whether an expression is this app: the one made by its call, or the only one of the project."""
        maker = self.reader.maker(expr, place)
        if maker is not None and maker != (self.app.path, self.app.call):
            made = self.reader.program.view(maker[0]).facts.calls[maker[1]]
            return self.alone and "elery" not in last_name(made.func) and self._is_app(expr, place)
        if maker is not None:
            return True
        same_home = self.settings.home(place.path) == self.settings.home(self.app.path)
        return self.alone and same_home and self._is_app(expr, place)

    def _is_app(self, expr: s.Expr, place: Place) -> bool:
        value = self.reader.evaluator.value(expr, place)
        return isinstance(value, Instance) and self.settings.is_app_class(value.cls)

    # config_from_object

    def _source(self, view: FileView, call: s.Call, number: int, expr: s.Expr | None) -> Source | None:
        place = self._place(view, call)
        statement = view.statement(call.statement)
        prefix = ""
        for keyword in call.keywords:
            if keyword.name == "namespace":
                read = self.reader.read(keyword.value, place, keyword.span, statement)
                if read.text is None and not read.is_none:
                    self._gaps.append(Gap(view.path, keyword.span, "the namespace is not known"))
                    return None
                prefix = f"{read.text.rstrip('_')}_" if read.text else ""
        value = self.reader.evaluator.value(expr, place)
        if isinstance(value, Literal) and isinstance(value.value, str):
            found = self._by_name(value.value, prefix, view, number)
        elif value == External("django.conf.settings"):
            found = Source(None, prefix, django=True, path=view.path, call=number)
        elif isinstance(value, ModuleValue):
            found = Source(self.reader.namespaces.of_module(value.path), prefix, path=view.path, call=number)
        elif isinstance(value, ClassValue | Instance):
            cls = value.cls if isinstance(value, Instance) else value
            names = self.reader.namespaces.of_class(cls) if isinstance(cls, ClassValue) else None
            found = Source(names, prefix, path=view.path, call=number) if names else None
        elif isinstance(expr, s.Attribute) and self.reader.evaluator.value(expr.base, place) == External(
            "django.conf.settings"
        ):
            found = Source(None, prefix, setting=expr.name, path=view.path, call=number)
        else:
            table = self.reader.read(expr, place, call.span, statement)
            names_of = TableNames(self.reader.program.sources.module_name(view.path), table)
            found = Source(names_of, prefix, path=view.path, call=number) if table.entries else None
        if found is None:
            self._gaps.append(Gap(view.path, call.span, "the configuration is not in the tree"))
        return found

    def _by_name(self, name: str, prefix: str, view: FileView, number: int) -> Source | None:
        if name in DJANGO_SETTINGS:
            return Source(None, prefix, django=True, path=view.path, call=number)
        module, _, attribute = name.partition(":")
        sources = self.reader.program.sources
        path = sources.find_module(module, view.path)
        if path is None and not attribute:
            module, _, attribute = name.rpartition(".")
            path = sources.find_module(module, view.path) if module else None
        if path is None:
            return None
        if not attribute:
            return Source(self.reader.namespaces.of_module(path), prefix, path=view.path, call=number)
        found = self.reader.evaluator.member(path, attribute)
        if isinstance(found, ClassValue):
            return Source(self.reader.namespaces.of_class(found), prefix, path=view.path, call=number)
        tables = [d for d in self.reader.namespaces.of_module(path).options(attribute) if d.entries]
        return Source(TableNames(name, tables[0]), prefix, path=view.path, call=number) if len(tables) == 1 else None

    # On the app

    def _keywords(self) -> Iterator[tuple[Datum, Datum]]:
        place = self._place(self.view, self.call)
        statement = self.view.statement(self.call.statement)
        for position, name in ((2, "result_backend"), (9, "broker_url")):
            if len(self.call.args) > position:
                yield self._entry(self.view, name, self.call.args[position], place, self.call.span, statement)
        for keyword in self.call.keywords:
            if keyword.name is None:
                spread = self.reader.read(keyword.value, place, keyword.span, statement)
                if not spread.is_complete:
                    self._gaps.append(Gap(self.view.path, keyword.span, "not every keyword is known"))
                yield from spread.entries
            elif keyword.name == "changes":
                yield from self.reader.read(keyword.value, place, keyword.span, statement).entries
            elif keyword.name in KEYWORDS or keyword.name not in NOT_SETTINGS:
                name = KEYWORDS.get(keyword.name, keyword.name)
                yield self._entry(self.view, name, keyword.value, place, keyword.span, statement)

    def _entry(
        self, view: FileView, name: str, value: s.Expr | None, place: Place, span: s.Span, statement: s.Span
    ) -> tuple[Datum, Datum]:
        datum = self.reader.read(value, place, span, statement)
        around = guard(view, place.frame)
        if not around and place.scope > 0 and place.scope != self.call.scope:
            around = "unknown"
        placed = structs.replace(datum, path=view.path, span=span, statement=statement, guard=around, name=name)
        return Datum(Scalar(name), State.KNOWN, view.path, span, statement), placed

    @cached_property
    def _files(self) -> tuple[str, ...]:
        sources = self.reader.program.sources
        found = {*sources.code_matching(("conf",), CONF), *sources.code_with_text(b".add_defaults(")}
        return tuple(path for path in sources.code_containing("conf") if path in found)

    def _assigned(self) -> Iterator[tuple[Datum, Datum]]:
        for path in self._files:
            view = self.reader.program.view(path)
            for binding in view.facts.bindings:
                name = conf_name(binding)
                if name is None or not isinstance(binding.base, s.Attribute):
                    continue
                place = Place(path, binding.scope, binding.frame, binding.order)
                if self._is_own(binding.base.base, place):
                    statement = view.statement(binding.statement)
                    yield self._entry(view, name, binding.value, place, binding.span, statement)

    def _updated(self) -> Iterator[tuple[Datum, Datum]]:
        for path in self._files:
            view = self.reader.program.view(path)
            for method in ("update", "add_defaults"):
                for number in view.calls_by_name.get(method, ()):
                    call = view.facts.calls[number]
                    if not isinstance(call.func, s.Attribute):
                        continue
                    base = call.func.base
                    if method == "update":
                        if not isinstance(base, s.Attribute) or base.name != "conf":
                            continue
                        base = base.base
                    if self._is_own(base, self._place(view, call)):
                        yield from self._given(view, call)

    def _given(self, view: FileView, call: s.Call) -> Iterator[tuple[Datum, Datum]]:
        place = self._place(view, call)
        statement = view.statement(call.statement)
        for keyword in call.keywords:
            if keyword.name is not None:
                yield self._entry(view, keyword.name, keyword.value, place, keyword.span, statement)
        spread = [*call.args, *(keyword.value for keyword in call.keywords if keyword.name is None)]
        for expr in spread:
            table = self.reader.read(expr, place, call.span, statement)
            if not table.is_complete:
                self._gaps.append(Gap(view.path, call.span, "not every key of the update is known"))
            yield from table.entries


def conf_name(binding: s.Binding) -> str | None:
    """The setting of `app.conf.x = …` or `app.conf["x"] = …`."""
    if not isinstance(binding.base, s.Attribute) or binding.base.name != "conf" or binding.kind == "delete":
        return None
    if binding.target.endswith("']"):
        return binding.target[:-2].rpartition("'")[2]
    return None if binding.target.endswith("]") else binding.target.rpartition(".")[2]
