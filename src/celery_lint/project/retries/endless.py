"""Tasks that are run again without end."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from celery_lint.knowledge.celery import EVERY_EXCEPTION
from celery_lint.project.bodies.option_sites import OptionSite, option_sites
from celery_lint.project.retries.options import autoretry_of
from celery_lint.project.retries.retry import Retry
from celery_lint.project.values import ClassValue, Literal
from celery_lint.project.view import last_name, within

if TYPE_CHECKING:
    from celery_lint.project.project import Project

__all__ = ["EndlessOption", "endless_options"]

NOTHING = Literal("NoneType", None)
COUNTS = ("retries", "max_retries")
CLOCKS = frozenset({"monotonic", "now", "time", "today", "utcnow"})
CHOICES = ("if", "else", "match")


class EndlessOption(OptionSite, frozen=True, dict=True):
    """A `max_retries=None` of a task, which takes the limit away."""

    @cached_property
    def reason(self) -> str:
        """What brings the task back again and again, in words; empty where something may bound it."""
        task = self.task
        if not task.has_known_options or self.is_bounded or self.has_own_retry:
            return ""
        autoretry = autoretry_of(self.project, task)
        if autoretry is not None and autoretry.retries_everything:
            return "" if task.inherited_option("retry_kwargs") else "`autoretry_for` has every exception"
        endless = (retry for retry in self.project.retries if retry.task == task.value and is_endless(retry))
        retry = next(endless, None)
        if retry is None:
            return ""
        return "every exception is followed by `retry()`" if retry.handler else "`retry()` waits for something"

    @property
    def has_own_retry(self) -> bool:
        """Whether the task's class is not Celery's and decides on retries itself, or may."""
        base = self.task.base
        if not isinstance(base, ClassValue):
            return self.task.base_is_unknown
        return self.project.evaluator.classes.method(base, "retry") is not None

    @cached_property
    def is_bounded(self) -> bool:
        """Whether the task or one of its messages expires, or its code counts its runs or looks at a clock."""
        task = self.task
        if task.inherited_option("expires") is not None:
            return True
        if any(m.task is task and m.given.option("expires") is not None for m in self.project.messages):
            return True
        view, own = self.project.program.view(task.path), task.value.scope
        scopes = view.facts.scopes
        if any(read.name in COUNTS and within(scopes, read.scope, own) for read in view.facts.reads):
            return True
        return any(last_name(c.func) in CLOCKS and within(scopes, c.scope, own) for c in view.facts.calls)


def is_endless(retry: Retry) -> bool:
    """Whether the call follows every exception, or none and waits for something: it has no limit of its own, and does
    not choose among the exceptions."""
    if retry.has_unread_arguments or retry.keyword("max_retries") is not None:
        return False
    handler = retry.handler
    if handler is None:
        return True
    chooses = False
    for number, frame in retry.view.scope_frames(retry.call.frame):
        if number == handler.number:
            break
        chooses |= frame.kind in CHOICES
    return not chooses and not EVERY_EXCEPTION.isdisjoint(handler.types)


def endless_options(project: Project) -> Iterator[EndlessOption]:
    """One for each `max_retries=None` at a decorator, in the order of tasks."""
    for site in option_sites(project, "max_retries"):
        if site.option.value == NOTHING:
            yield EndlessOption(project, site.task, site.name, site.option)
