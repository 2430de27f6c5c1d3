"""Settings that are dicts or lists and that code outside of the settings adds to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from celery_lint.facts import schema as s
from celery_lint.project.conditions import guard
from celery_lint.project.configuration.data import Content, Datum, Items, State, Table
from celery_lint.project.configuration.mutations import METHODS, Mutation, applied, incomplete, key_of, path_of
from celery_lint.project.places import place_of
from celery_lint.project.program import Place
from celery_lint.project.values import External
from celery_lint.project.view import FileView

if TYPE_CHECKING:
    from celery_lint.project.configuration.reading import Reader

__all__ = ["Addition", "Additions"]

CHANGE = r"\s*(?:\[[^\]\n]+\]|\.(?:" + "|".join(sorted(METHODS)) + r")\()"
ON_APP = re.compile((r"\bconf\s*(?:\.\w+|\[[^\]\n]+\])" + CHANGE).encode())
ON_SETTINGS = re.compile((r"\bsettings\.CELERY\w*" + CHANGE).encode())
EMPTY: dict[str, Content] = {"dict": Table(()), "list": Items("list", ()), "tuple": Items("tuple", ())}


class Addition(Struct, frozen=True):
    """`app.conf.beat_schedule["x"] = …`, `settings.CELERY_BEAT_SCHEDULE.update(…)`: `name` is the setting as it is
    written there, and `is_django` says which of the two it is."""

    name: str
    is_django: bool
    view: FileView
    mutation: Mutation
    scope: int
    statement: s.Span

    @property
    def is_certain(self) -> bool:
        """Whether it happens whenever the module is imported."""
        return self.scope == 0 and not guard(self.view, self.mutation.frame)

    def made(self, reader: Reader, datum: Datum | None, kind: str) -> Datum | None:
        """The setting afterwards; `kind` is the type it has where nothing else sets it."""
        if datum is None:
            if kind not in EMPTY:
                return None
            datum = Datum(EMPTY[kind], State.KNOWN, self.view.path, self.statement, self.statement, name=self.name)
        found = applied(reader, self.view, datum, self.mutation)
        return found if self.is_certain else incomplete(found)


class Additions:
    """The additions of one app; `is_own` says whether an expression is that app."""

    def __init__(self, reader: Reader, is_own: Callable[[s.Expr, Place], bool]) -> None:
        self.reader = reader
        self.is_own = is_own

    def find(self) -> Iterator[Addition]:
        """All that are neither for tests nor for developers, file by file and in the order of lines."""
        sources = self.reader.program.sources
        on_app = sources.code_matching(("conf",), ON_APP)
        on_settings = sources.code_matching(("settings",), ON_SETTINGS)
        for path in dict.fromkeys((*on_app, *on_settings)):
            if place_of(path) == "production":
                found = self._in_file(self.reader.program.view(path))
                yield from sorted(found, key=lambda addition: addition.mutation.order)

    def _in_file(self, view: FileView) -> Iterator[Addition]:
        for binding in view.facts.bindings:
            if binding.base is not None and binding.target.endswith("]") and binding.kind != "delete":
                place = Place(view.path, binding.scope, binding.frame, binding.order)
                root, keys = path_of(binding.base)
                mutation = Mutation((*keys, key_of(binding)), "", binding, None, binding.order, binding.frame)
                yield from self._of(view, root, mutation, place, binding.statement)
        for call in view.facts.calls:
            if isinstance(call.func, s.Attribute) and call.func.name in METHODS:
                root, keys = path_of(call.func.base)
                mutation = Mutation(keys, call.func.name, None, call, call.order, call.frame)
                place = self.reader.program.place_of_call(view.path, call)
                yield from self._of(view, root, mutation, place, call.statement)

    def _of(self, view: FileView, root: s.Expr, mutation: Mutation, place: Place, number: int) -> Iterator[Addition]:
        """`root` is what stands left of the keys: the setting, or the `conf` whose first key names it."""
        if not isinstance(root, s.Attribute) or guard(view, mutation.frame) in ("tests", "development"):
            return
        base, statement = root.base, view.statement(number)
        if isinstance(base, s.Attribute) and base.name == "conf" and self.is_own(base.base, place):
            yield Addition(root.name, False, view, mutation, place.scope, statement)
        elif root.name == "conf" and len(mutation.keys) > (not mutation.method) and self.is_own(base, place):
            setting, inner = mutation.keys[0], structs.replace(mutation, keys=mutation.keys[1:])
            if setting is not None:
                yield Addition(setting, False, view, inner, place.scope, statement)
        elif root.name.isupper() and self.reader.evaluator.value(base, place) == External("django.conf.settings"):
            yield Addition(root.name, True, view, mutation, place.scope, statement)
