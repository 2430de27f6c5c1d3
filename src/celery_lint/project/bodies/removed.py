"""Imports of what the project's Celery no longer has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from celery_lint.facts import schema as s
from celery_lint.finding import Applicability, Fix, Nomination, ReplaceText
from celery_lint.knowledge.tasks import REMOVED, REPLACED
from celery_lint.project.view import FileView

if TYPE_CHECKING:
    from celery_lint.project.project import Project

__all__ = ["RemovedImport", "removed_imports"]

LAST_PARTS = tuple(sorted({part for name in REMOVED for part in name.split(".")[1:]} | {"djcelery"}))
SEED = re.compile(rb"^\s*(?:from|import)\s+(?:dj)?celery\b", re.M)
HANDLES = ("ImportError", "ModuleNotFoundError", "Exception")


class RemovedImport(Struct, frozen=True):
    project: Project
    path: str
    item: s.Import
    name: str
    version: tuple[int, ...]

    def nominate(self, rule: str) -> Nomination:
        program = self.project.program
        view = program.view(self.path)
        location = program.location(self.path, self.item.span)
        statement = program.location(self.path, view.statement(self.item.statement))
        values = {"name": self.name, "version": ".".join(map(str, self.version))}
        return Nomination(rule, location, statement, values, expect="name", fix=self._fix(view))

    def _fix(self, view: FileView) -> Fix | None:
        """The import of what took its place, when the statement imports nothing else."""
        alone = sum(other.statement == self.item.statement for other in view.facts.imports) == 1
        if self.name not in REPLACED or not alone or self.item.name is None:
            return None
        module, name = REPLACED[self.name]
        renamed = f" as {self.item.alias}" if self.item.alias != name else ""
        statement = self.project.program.location(self.path, view.statement(self.item.statement))
        text = f"from {module} import {name}{renamed}"
        return Fix(f"Import `{module}.{name}`", Applicability.UNSAFE, (ReplaceText(statement, text),))


def removed_imports(project: Project) -> Iterator[RemovedImport]:
    """Those that run wherever the file is imported; one whose failure is handled, or that stands under a condition,
    is for an older Celery."""
    used = project.celery_version
    if used is None:
        return
    for path in project.sources.code_matching(LAST_PARTS, SEED, texts=(b"celery",)):
        view = project.program.view(path)
        for item in view.facts.imports:
            name = f"{item.module}.{item.name}" if item.name else item.module
            gone = removal(name)
            if item.level or gone is None or used < gone or is_conditional(view, item):
                continue
            if project.sources.find_module(item.module, path) is None:
                yield RemovedImport(project, path, item, name, gone)


def removal(name: str) -> tuple[int, ...] | None:
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        found = REMOVED.get(".".join(parts[:length]))
        if found is not None:
            return found
    return None


def is_conditional(view: FileView, item: s.Import) -> bool:
    for number, frame in view.frames_up(item.frame):
        if frame.kind in ("if", "except", "match"):
            return True
        if frame.kind == "try":
            handlers = [f.expr for f in view.facts.frames if f.of == number and f.kind == "except"]
            if any(handles(expr) for expr in handlers):
                return True
    return False


def handles(types: s.Expr | None) -> bool:
    """Whether an `except` clause catches a failing import."""
    if types is None:
        return True
    if isinstance(types, s.Display):
        return any(handles(item) for item in types.items)
    return isinstance(types, s.Name) and types.id in HANDLES
