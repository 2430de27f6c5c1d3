"""Which files import a module."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from celery_lint.facts import schema as s
from celery_lint.project.sources import NEVER_OURS
from celery_lint.project.view import FileView

if TYPE_CHECKING:
    from celery_lint.project.project import Project

__all__ = ["importers", "is_command", "is_imported", "is_named", "packages_of"]

LOADS_BY_NAME = re.compile(
    rb"import_module|import_string|autodiscover_modules|walk_packages|iter_modules|__import__|entry_points|glob\("
)


def packages_of(project: Project, path: str) -> Iterator[str]:
    """The `__init__.py` of each package that a file is in, from the inside out."""
    directory = os.path.dirname(path)
    while directory and project.sources.has(f"{directory}/__init__.py"):
        if path != f"{directory}/__init__.py":
            yield f"{directory}/__init__.py"
        directory = os.path.dirname(directory)


def importers(project: Project, path: str) -> Iterator[str]:
    """The files outside tests that import a module, or may: an import of something unknown by its last name counts.

    A file in a package imports the `__init__.py` of it.
    """
    stem = os.path.basename(path).removesuffix(".py")
    if stem == "__init__":
        stem = os.path.basename(os.path.dirname(path))
    looks = re.compile(rb"(?m)\.\s*%(n)b\b|\bimport\b[^\n]*\b%(n)b\b|^\s+%(n)b\b" % {b"n": re.escape(stem).encode()})
    for other in project.sources.code_containing(stem):
        if other == path or not project.sources.has_match(other, looks):
            continue
        view = project.program.view(other)
        if any(_imports(project, view, item, path, stem) for item in view.facts.imports):
            yield other


def _imports(project: Project, view: FileView, item: s.Import, path: str, stem: str) -> bool:
    found = project.program.imported_modules(view, item)
    if path in found or any(path in packages_of(project, each) for each in found):
        return True
    last = stem in (item.module.rpartition(".")[2], item.name)
    return not found and last and item.module.partition(".")[0] not in NEVER_OURS


def is_named(project: Project, path: str) -> bool:
    """Whether a text in the code has the dotted name of a module: something may import it by that. The name of one of
    its tasks is no such text."""
    tasks = {task.name.rpartition(".")[2].encode() for task in project.tasks.all if task.path == path}
    for name in project.sources.module_names(path):
        quoted = re.compile(rb"[\"']%b(?:[.:](\w[\w.]*))?[\"']" % re.escape(name).encode())
        for other in project.sources.mentioning(name.rpartition(".")[2]) if "." in name else ():
            found = quoted.findall(project.source(other)) if project.sources.has_match(other, quoted) else []
            if any(inner not in tasks for inner in found):
                return True
    return False


def is_command(path: str) -> bool:
    """Whether a file is a command of Django, which runs by itself."""
    return "/management/commands/" in f"/{path}"


def is_imported(project: Project, path: str) -> bool:
    """Whether something besides commands and tests imports a module, or may."""
    if is_named(project, path) or any(not is_command(each) for each in importers(project, path)):
        return True
    stem = os.path.basename(path).removesuffix(".py").encode()
    around = packages_of(project, path)
    if any(project.sources.has_match(each, LOADS_BY_NAME) for each in around):
        return True
    quoted = re.compile(rb"[\"']\.?%b[\"']" % re.escape(stem))
    return any(
        project.sources.has_match(each, quoted) and project.sources.has_match(each, LOADS_BY_NAME)
        for each in project.sources.mentioning(stem.decode())
    )
