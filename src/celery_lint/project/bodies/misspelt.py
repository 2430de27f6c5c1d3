"""Options of task decorators that look like one of Celery's and are none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from celery_lint.facts import schema as s
from celery_lint.finding import Fix, Location, Nomination
from celery_lint.knowledge import tasks as task_knowledge
from celery_lint.project.bodies.definition import PLAIN_BASES
from celery_lint.project.bodies.options import Option
from celery_lint.project.values import ClassValue, External

if TYPE_CHECKING:
    from celery_lint.project.project import Project
    from celery_lint.project.tasks import Task

__all__ = ["MisspeltOption", "misspelt_options"]

NEAR = 0.86
"""How alike (`difflib` ratio) a name must be to an option to count as that option misspelt."""


@dataclass(frozen=True)
class MisspeltOption:
    project: Project
    task: Task
    name: str
    meant: str
    option: Option

    @property
    def _call(self) -> s.Call:
        return self.project.program.view(self.option.path).facts.calls[self.option.call]

    @property
    def call(self) -> Location:
        return self.project.program.location(self.option.path, self._call.span)

    @property
    def is_keyword(self) -> bool:
        """Whether it stands in the call itself, not in a dict that is spread there."""
        return any(keyword.span == self.option.span for keyword in self._call.keywords)

    def nominate(self, rule: str, fix: Fix) -> Nomination:
        program = self.project.program
        view = program.view(self.option.path)
        location = program.location(self.option.path, self.option.span)
        statement = program.location(self.option.path, view.statement(self._call.statement))
        values = {"option": self.name, "meant": self.meant}
        given = fix if self.is_keyword else None
        return Nomination(rule, location, statement, values, expect="assignment", fix=given)


def misspelt_options(project: Project) -> Iterator[MisspeltOption]:
    seen = set()
    for task in project.tasks.all:
        for name, option in task.given.found.items():
            place = (option.path, option.span)
            meant = meaning(name)
            if not meant or place in seen or meant in task.options:
                continue
            seen.add(place)
            misspelt = MisspeltOption(project, task, name, meant, option)
            if not is_used(project, task, name, as_key=0 if misspelt.is_keyword else 1):
                yield misspelt


def meaning(name: str) -> str:
    """The option that a name must mean; nothing when it is one itself, or like none."""
    if name in task_knowledge.TASK_OPTIONS:
        return ""
    close = get_close_matches(name, task_knowledge.TASK_OPTIONS, n=1, cutoff=NEAR)
    return task_knowledge.MEANT.get(name) or (close[0] if close else "")


def is_used(project: Project, task: Task, name: str, as_key: int) -> bool:
    """Whether a base class may know the name, or code anywhere takes an attribute of that name; `as_key` times it
    stands as a string where it is given."""
    if isinstance(task.base, External) and task.base.name not in PLAIN_BASES:
        return True
    if isinstance(task.base, ClassValue):
        order = project.evaluator.classes.order(task.base)
        if any(isinstance(base, External) and base.name not in PLAIN_BASES for base in order):
            return True
    word = name.encode()
    taken = re.compile(rb"\.%b\b|['\"]%b['\"]|\b%b\s*:|^\s+%b\s*=[^=,]*$" % (word, word, word, word), re.M)
    found = sum(len(taken.findall(project.sources.read(path))) for path in project.sources.code_containing(name))
    return found > as_key
