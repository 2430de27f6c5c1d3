"""The settings of a Django project: which modules and classes are an environment of their own."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from celery_lint.project.configuration.namespaces import ClassNames, ModuleNames
from celery_lint.project.places import is_settings_path, place_of
from celery_lint.project.values import ClassValue

if TYPE_CHECKING:
    from celery_lint.project.configuration.reading import Reader
    from celery_lint.project.settings import Settings

__all__ = ["DjangoSettings"]

CELERY_NAME = re.compile(r"(CELERY|BROKER)(_|D_|BEAT_|MON_|$)|ADMINS$")
DJANGO_NAMES = ("INSTALLED_APPS", "DATABASES")
SIGNS = (b"INSTALLED_APPS", b"CELERY", b"BROKER_", b"import *", b"include(")
NAMED = re.compile(rb"DJANGO_SETTINGS_MODULE[\"'\s\],:=]*[\"']([\w.]+)[\"']")


class DjangoSettings:
    """The settings modules of every Django project in the tree."""

    def __init__(self, reader: Reader, settings: Settings) -> None:
        self.reader = reader
        self.settings = settings

    @cached_property
    def modules(self) -> tuple[str, ...]:
        """Modules that Django could be given as its settings, tests and development included."""
        sources = self.reader.program.sources
        found = []
        installing = sources.files_with_text(b"INSTALLED_APPS")
        for path in sources.files:
            named = path in installing or is_settings_path(path)
            if not named or not any(sources.has_text(path, sign) for sign in SIGNS):
                continue
            if self._is_settings_module(path):
                found.append(path)
        return tuple(found)

    def _is_settings_module(self, path: str) -> bool:
        """A module that some file names as settings, or that sets what Django's or Celery's settings do."""
        names = self.reader.namespaces.of_module(path)
        if path in self.named or any(names.has(name) for name in DJANGO_NAMES):
            return True
        if "settings" in path and any(CELERY_NAME.match(name) for name in names.own_names):
            return True
        return any(self._is_settings_class(path, scope) for scope in self._classes(path))

    @cached_property
    def named(self) -> frozenset[str]:
        """The modules that some file names as DJANGO_SETTINGS_MODULE."""
        return frozenset(path for paths in self._named_in.values() for path in paths)

    @cached_property
    def _named_in(self) -> dict[str, tuple[str, ...]]:
        sources = self.reader.program.sources
        found = {}
        for path in sources.code_containing("DJANGO_SETTINGS_MODULE"):
            modules = [sources.find_module(name.decode(), path) for name in NAMED.findall(sources.read(path))]
            found[path] = tuple(module for module in modules if module is not None)
        return found

    def named_by(self, path: str) -> tuple[str, ...]:
        """The settings modules that one file names."""
        return self._named_in.get(path, ())

    def environments(self, home: str, app: str) -> tuple[ModuleNames | ClassNames, ...]:
        """Those of one project, the ones that production may run first. `app` is the file of the Celery app.

        A module that another takes everything from is no environment of its own, unless only tests and
        developers do; a class likewise, where settings are classes.
        """
        own = [path for path in self.modules if self.settings.home(path) == home]
        modules = [self.reader.namespaces.of_module(path) for path in own]
        bases = {base for m in modules if place_of(m.path) == "production" for base in m.bases}
        bases |= {base for path in self.named_by(app) for base in self.reader.namespaces.of_module(path).bases}
        inherited = {base for path in self.named_by(app) for base in self.reader.namespaces.of_module(path).bases}
        parts = self._parts(own)
        found: list[ModuleNames | ClassNames] = []
        for module in modules:
            if module.path in inherited or (module.path in bases | parts and module.path not in self.named):
                continue
            classes = self._leaf_classes(module.path, own)
            found += classes or [module]
        order = {"production": 0, "development": 1, "tests": 2}
        return tuple(
            sorted(found, key=lambda names: (order[self.kind(names)], len(names.path.split("/")), names.title))
        )

    def _parts(self, modules: list[str]) -> set[str]:
        """What the modules import in another way than with a star, where it sets nothing that Django cannot do without:
        it is a part of them, and no settings by itself."""
        found: set[str] = set()
        for path in modules:
            view = self.reader.program.view(path)
            items = [item for item in view.facts.imports if item.name != "*"]
            found.update(each for item in items for each in self.reader.program.imported_modules(view, item))
        return {path for path in found if not self._stands_alone(path)}

    def _stands_alone(self, path: str) -> bool:
        """Whether a module sets what Django cannot do without, or has a class of settings."""
        names = self.reader.namespaces.of_module(path)
        if any(names.has(name) for name in DJANGO_NAMES):
            return True
        return any(self._is_settings_class(path, scope) for scope in self._classes(path))

    def kind(self, names: ModuleNames | ClassNames) -> str:
        """ "production", "development" or "tests", by the path and the name of the class."""
        place = place_of(names.path)
        if isinstance(names, ClassNames) and place == "production":
            words = re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", names.title.rpartition(":")[2])
            lowered = {word.lower() for word in words}
            if lowered & {"test", "tests", "testing", "ci", "unittest"}:
                return "tests"
            if lowered & {"dev", "development", "local", "docker", "debug", "devstack"}:
                return "development"
        return place

    def _classes(self, path: str) -> list[int]:
        view = self.reader.program.view(path)
        return [n for n, scope in enumerate(view.facts.scopes) if scope.kind == "class" and scope.parent == 0]

    def _is_settings_class(self, path: str, scope: int) -> bool:
        """A class that sets what a settings module does."""
        view = self.reader.program.view(path)
        names = [name for owner, name in view.definitions if owner == scope]
        return any(name in DJANGO_NAMES or CELERY_NAME.match(name) for name in names)

    def _leaf_classes(self, path: str, modules: list[str]) -> list[ClassNames]:
        """The settings classes of a module that no other production class of the project inherits from."""
        if any(name in self.reader.namespaces.of_module(path).own_names for name in DJANGO_NAMES):
            return []
        classes = [ClassNames(self.reader.namespaces, ClassValue(p, n)) for p in modules for n in self._classes(p)]
        parents = {base for names in classes if self.kind(names) == "production" for base in names.order[1:]}
        return [
            names
            for names in classes
            if names.path == path
            and names.cls not in parents
            and any(self._is_settings_class(base.path, base.scope) for base in names.order)
        ]
