"""Options of task decorators that look like one of Celery's and are none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING

from celery_lint.finding import Applicability, Fix, Nomination, RenameKeyword
from celery_lint.knowledge import tasks as task_knowledge
from celery_lint.project.bodies.definition import PLAIN_BASES
from celery_lint.project.bodies.option_sites import OptionSite, option_sites
from celery_lint.project.values import ClassValue, External

if TYPE_CHECKING:
    from celery_lint.project.project import Project
    from celery_lint.project.tasks import Task

__all__ = ["MisspeltOption", "misspelt_options"]

NEAR = 0.86
"""How alike (`difflib` ratio) a name must be to an option to count as that option misspelt."""


class MisspeltOption(OptionSite, frozen=True):
    """Such an option, and the one that is `meant`."""

    meant: str

    def nominate_spelling(self, rule: str) -> Nomination:
        """A nomination at the option, with the fix that renames it where it stands in the decorator itself."""
        fix = None
        if self.keyword is not None:
            decorator = self.project.program.location(self.option.path, self.call.span)
            rename = RenameKeyword(decorator, self.name, self.meant)
            fix = Fix(f"Call it `{self.meant}`", Applicability.SAFE, (rename,))
        return self.nominate(rule, {"option": self.name, "meant": self.meant}, fix)


def misspelt_options(project: Project) -> Iterator[MisspeltOption]:
    """One for each place, in the order of tasks."""
    for site in option_sites(project):
        meant = meaning(site.name)
        if not meant or meant in site.task.options:
            continue
        if not is_used(project, site.task, site.name, as_key=0 if site.keyword is not None else 1):
            yield MisspeltOption(project, site.task, site.name, site.option, meant)


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
    found = sum(len(taken.findall(project.sources.read(path))) for path in project.sources.mentioning(name))
    return found > as_key
