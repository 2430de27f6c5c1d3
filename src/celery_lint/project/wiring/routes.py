"""Routes: what `task_routes` says about the queue of a task, and entries that fit no task."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from celery_lint.facts import schema as s
from celery_lint.finding import Nomination
from celery_lint.project.configuration import Datum, Environment, Made
from celery_lint.project.configuration.data import Items, Scalar, Table
from celery_lint.project.tasks import SEED, SEEDS

if TYPE_CHECKING:
    from celery_lint.project.project import Project

__all__ = ["Pattern", "Route", "RouteTable", "Router", "patterns", "queue_name"]

WILDCARD = re.compile(r"[*?\[]")
COSTLY = re.compile(r"\)[*+{]|\\[1-9]|\(\?|(?:[*+{].*){4}")
"""Regular expressions that might take long on a name of a task."""


class Pattern(Struct, frozen=True, dict=True):
    """A key of `task_routes` or `task_annotations`: `setting` says which.

    `form` is "name", "glob" or "regex"; `text` is None where it is not known.
    """

    environment: Environment
    setting: str
    key: Datum

    @cached_property
    def form(self) -> str:
        if isinstance(self.key.content, Made):
            return "regex" if self.key.content.name == "re.compile" else ""
        return "glob" if self.setting == "task_routes" and "*" in (self.key.text or "") else "name"

    @cached_property
    def text(self) -> str | None:
        content = self.key.content
        given = content.argument(0, "pattern") if isinstance(content, Made) and self.form == "regex" else self.key
        return given.text if given is not None and given.is_known else None

    def fits(self, name: str) -> bool | None:
        """Whether it is about a task of that name; None where that is not known."""
        if self.text is None:
            return None
        if self.form == "regex":
            return bool(self._expression.match(name)) if self._expression is not None else None
        return fnmatch.fnmatchcase(name, self.text) if self.form == "glob" else self.text == name

    @cached_property
    def _expression(self) -> re.Pattern[str] | None:
        if self.text is None or COSTLY.search(self.text):
            return None
        try:
            return re.compile(self.text)
        except re.error:
            return None

    @cached_property
    def mistake(self) -> str:
        """Why it certainly is about no task, in words; "" where it may be about one."""
        names = self.environment.configuration.project.task_names
        if self.text is None or self.form not in ("name", "glob"):
            return ""
        if self.form == "glob":
            return "fits no task" if self._fits_nothing(self.text) else ""
        if self.setting == "task_annotations" and "*" in self.text:
            return "" if self.text == "*" else "is taken for a name, since annotations know no patterns but `*`"
        if names.lacks(self.text, self.key.path):
            return f"is registered nowhere{names.meant(self.text)}"
        return ""

    def _fits_nothing(self, text: str) -> bool:
        project = self.environment.configuration.project
        names = project.task_names
        before = text[: match.start()] if (match := WILDCARD.search(text)) else text
        package = before.rpartition(".")[0]
        if not package or names.is_open or not names.is_own(f"{package}."):
            return False
        if any(fnmatch.fnmatchcase(name, text) for name in names.by_name):
            return False
        modules = (module for path in _with_tasks(project) for module in project.sources.module_names(path))
        return not any(f"{module}.".startswith(f"{package}.") for module in modules)

    def nominate(self, rule: str) -> Nomination:
        return self.environment.nominate(
            rule, self.key, setting=self.setting, pattern=self.text or "", mistake=self.mistake
        )


def _with_tasks(project: Project) -> Iterator[str]:
    """The files that may define a task, whether or not one was found there."""
    return project.sources.code_matching(SEEDS, SEED)


class Route(Struct, frozen=True, dict=True):
    """One entry of `task_routes`."""

    pattern: Pattern
    content: Datum

    @cached_property
    def queue(self) -> str | None:
        """The queue it names; "" when it names none, so that the default is taken; None when not known."""
        content = self.content
        if content.text is not None and content.is_known:
            return content.text
        if not isinstance(content.content, Table):
            return None
        queue = content.get("queue")
        name = queue_name(queue) if queue is not None else ""
        others = [content.get(key) for key in ("exchange", "routing_key")]
        if any(other is not None and (not name or other.text != name) for other in others):
            return None
        return name if name or content.is_complete else None

    @property
    def place(self) -> Datum:
        """Where it names the queue."""
        return self.content.get("queue") or self.content


class RouteTable(Struct, frozen=True):
    """One dict of routes, or one list of pairs; `is_complete` when all of its entries are seen."""

    routes: tuple[Route, ...]
    is_complete: bool

    def find(self, name: str) -> tuple[Route | None, bool]:
        """The route of a task, and whether that is certain: a whole name goes before patterns, wherever it stands."""
        whole = [route for route in self.routes if route.pattern.form == "name" and route.pattern.fits(name)]
        if whole:
            return whole[-1], True
        for route in self.routes:
            fits = route.pattern.fits(name)
            if fits is None:
                return None, False
            if fits:
                return route, self.is_complete
        return None, self.is_complete


class Router:
    """What `task_routes` of one environment says. A `None` among the tables is a function, whose answer is unknown."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment

    @cached_property
    def tables(self) -> tuple[RouteTable | None, ...]:
        setting = self.environment.setting("task_routes")
        if setting.is_set is False:
            return ()
        datum = setting.datum
        if datum is None:
            return (None,)
        if datum.is_none:
            return ()
        if isinstance(datum.content, Items):
            found = tuple(self._table(item) for item in datum.items)
            return found if datum.is_complete else (*found, None)
        return (self._table(datum),)

    def _table(self, datum: Datum) -> RouteTable | None:
        if isinstance(datum.content, Table):
            pairs: list[tuple[Datum, Datum]] = list(datum.entries)
        elif isinstance(datum.content, Items) and all(len(item.items) == 2 for item in datum.items):
            pairs = [(item.items[0], item.items[1]) for item in datum.items]
        else:
            return None
        routes = tuple(Route(Pattern(self.environment, "task_routes", key), value) for key, value in pairs)
        return RouteTable(routes, datum.is_complete)

    def find(self, name: str) -> tuple[Route | None, bool]:
        """The route of a task, and whether that is certain."""
        for table in self.tables:
            if table is None:
                return None, False
            route, is_certain = table.find(name)
            if route is not None or not is_certain:
                return route, is_certain
        return None, True

    @property
    def routes(self) -> Iterator[Route]:
        return (route for table in self.tables if table is not None for route in table.routes)

    @property
    def is_known(self) -> bool:
        """Whether every route is seen and read."""
        return all(
            table is not None and table.is_complete and all(route.queue is not None for route in table.routes)
            for table in self.tables
        )


def queue_name(datum: Datum) -> str | None:
    """The name of a queue that is given as text or as `Queue("name")`; "" for None; None when not known."""
    if datum.is_none:
        return ""
    content = datum.content
    given = content.argument(0, "name") if isinstance(content, Made) and content.name.endswith("Queue") else datum
    known = given is not None and given.is_known and isinstance(given.content, Scalar)
    return given.text if known and given is not None else None


def patterns(project: Project) -> Iterator[Pattern]:
    """The keys of routes and annotations in production, once however many environments share them."""
    seen: set[tuple[str, s.Span, str | None]] = set()
    for environment in project.production_environments:
        found = [route.pattern for route in Router(environment).routes]
        for option in environment.setting("task_annotations").options:
            tables = option.items or (option,)
            found += [Pattern(environment, "task_annotations", key) for table in tables for key, _ in table.entries]
        for pattern in found:
            place = (pattern.key.path, pattern.key.span, pattern.text)
            if place not in seen:
                seen.add(place)
                yield pattern
