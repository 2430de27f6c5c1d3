"""Names of tasks: which are registered, and which certainly are not."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from celery_lint.project.sources import NEVER_OURS
from celery_lint.project.tasks import Task
from celery_lint.project.values import Literal
from celery_lint.spelling import closest

if TYPE_CHECKING:
    from celery_lint.project.project import Project

__all__ = ["TaskNames"]

ALIKE = 0.8
REGISTERED = re.compile(rb"\.tasks\s*\[[^\]\n]+\]\s*=[^=]|\.tasks\.register\(")
NAMED = rb"""(?m)(?:^[ \t]+(?=name\s+=)|(?:(?<!send_task)\(|,)\s*)name\s*=\s*["']%s["']"""
"""A class's own `name`, or that keyword in another call than `send_task`."""


class TaskNames:
    """The names that a project's tasks can be sent by."""

    def __init__(self, project: Project) -> None:
        self.project = project

    @cached_property
    def by_name(self) -> dict[str, Task]:
        """Every name of every task; a file may be imported by several, and each registers the task anew."""
        found: dict[str, Task] = {}
        for task in self.project.tasks.all:
            for name in self.of(task):
                found.setdefault(name, task)
        return found

    def of(self, task: Task) -> tuple[str, ...]:
        """The names that a task may be registered by, the likeliest first."""
        if not task.path or task.option("name") is not None:
            return (task.name,)
        modules = self.project.sources.module_names(task.path)
        last = task.name.rpartition(".")[2]
        return tuple(dict.fromkeys((task.name, *(f"{module}.{last}" for module in modules))))

    def find(self, name: str) -> Task | None:
        return self.by_name.get(name)

    @cached_property
    def is_open(self) -> bool:
        """Whether a task may have any name: one that is computed, or entered in the registry by hand, or all, by an app
        that makes names its own way."""
        sources = self.project.sources
        by_hand = any(sources.has_match(path, REGISTERED) for path in sources.mentioning("tasks"))
        if sources.mentioning("gen_task_name") or by_hand:
            return True
        return any(has_unknown_name(task) for task in self.project.tasks.all)

    def lacks(self, name: str, importer: str) -> bool:
        """Whether nothing registers it: the package is the project's, and neither a task nor its module has it."""
        if name in self.by_name or self.is_open or not self.is_own(name):
            return False
        module, _, function = name.rpartition(".")
        path = self.project.sources.find_module(module, importer)
        sources = self.project.sources
        named = re.compile(rb"\b%s\b|import \*" % function.encode())
        if path is not None and sources.has_match(path, named):
            return False
        given = re.compile(
            rb"""(?m)(?:^[ \t]+(?=name\s+=)|(?:(?<!send_task)\(|,)\s*)name\s*=\s*["']%s["']"""
            % re.escape(name).encode()
        )
        return not any(sources.has_match(path, given) for path in sources.mentioning(function))

    def is_own(self, name: str) -> bool:
        """Whether its top package is one of the project's, and holds tasks."""
        top, dot, _ = name.partition(".")
        return bool(dot) and top not in NEVER_OURS and any(known.startswith(f"{top}.") for known in self.by_name)

    def meant(self, name: str) -> str:
        """The registered name that ends like it, or whose last part looks like its own in the same module."""
        module, _, last = name.rpartition(".")
        names = {task.name for task in self.by_name.values()}
        same = [known for known in names if known.rpartition(".")[2] == last]
        mates = {known.rpartition(".")[2]: known for known in names if known.rpartition(".")[0] == module}
        close = same[0] if len(same) == 1 else mates.get(closest(last, mates, ALIKE) or "")
        return f"; did you mean `{close}`?" if close else ""


def has_unknown_name(task: Task) -> bool:
    given = task.option("name")
    if given is None:
        return not task.has_known_options
    return not (isinstance(given, Literal) and (given.value is None or isinstance(given.value, str)))
