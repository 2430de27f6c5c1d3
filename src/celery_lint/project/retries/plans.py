"""What a task's options say of retries, held against what its code does."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from celery_lint.facts import schema as s
from celery_lint.project.bodies.option_sites import OptionSite
from celery_lint.project.values import External, Literal, TaskDecorator
from celery_lint.project.view import last_name, within

if TYPE_CHECKING:
    from celery_lint.project.project import Project

__all__ = ["RetryPlan", "retry_plans"]

PLANS = ("retry_backoff", "max_retries", "default_retry_delay")
ANNOTATIONS = frozenset({"CELERY_TASK_ANNOTATIONS", "CELERY_ANNOTATIONS", "task_annotations"})
CURRENT = ("current_task", "get_current_task")


class RetryPlan(OptionSite, frozen=True, dict=True):
    """A task with an option of its own decorator that speaks of retries: the first such option."""

    @property
    def scope(self) -> s.Scope:
        return self.view.facts.scopes[self.task.value.scope]

    @property
    def asks_for_retries(self) -> bool:
        """Whether the option can be meant for anything: zero, False and None ask for no retries, or set no limit."""
        value = self.option.value
        return not isinstance(value, Literal) or bool(value.value) or value.kind not in ("int", "bool", "NoneType")

    @cached_property
    def is_autoretried(self) -> bool:
        return self.task.inherited_option("autoretry_for") is not None

    @cached_property
    def is_plain(self) -> bool:
        """Whether nothing but the decorator and the function decides on retries: the task has Celery's own class, no
        other decorator of the project, and no annotations in the settings."""
        if self.project.has_own_task_class or not self.task.has_known_options or not self.task.is_sent_by_celery:
            return False
        if self.task.base is not None and not isinstance(self.task.base, External):
            return False
        values = self.project.evaluator.definitions.decorators(self.task.path, self.task.value.scope)
        known = all(isinstance(value, External | TaskDecorator) for value in values)
        return known and not any(self.project.settings.assignments(ANNOTATIONS))

    @cached_property
    def hands_itself_on(self) -> bool:
        """Whether code elsewhere may retry the task: the function gives its `self` away or asks for the task that
        runs."""
        scopes, own = self.view.facts.scopes, self.task.value.scope
        me = s.Name(self.scope.parameters[0].name) if self.task.is_bound and self.scope.parameters else None
        for call in self.view.facts.calls:
            if not within(scopes, call.scope, own):
                continue
            handed = (*call.args, *(keyword.value for keyword in call.keywords))
            if me in handed or last_name(call.func) in CURRENT:
                return True
        return any(binding.value == me for binding in self.view.facts.bindings if me is not None)

    @cached_property
    def is_retried(self) -> bool:
        """Whether anything is called `retry` in the function, or in a function of the project that it calls, or the
        task's own `retry` is called anywhere."""
        body = self.task.body
        if body is None or any(last_name(call.call.func) == "retry" for call in body.calls()):
            return True
        scopes, own = self.view.facts.scopes, self.task.value.scope
        calls = self.view.calls_by_name.get("retry", ())
        if any(within(scopes, self.view.facts.calls[number].scope, own) for number in calls):
            return True
        return any(retry.task == self.task.value for retry in self.project.retries)

    @cached_property
    def reads_the_number(self) -> bool:
        """Whether the function looks at how often it ran, or at its own limit."""
        names = ("retries", "max_retries", "default_retry_delay", "retry_backoff")
        reads = [self.view.facts.reads[n] for name in names for n in self.view.reads_by_name.get(name, ())]
        return any(within(self.view.facts.scopes, read.scope, self.task.value.scope) for read in reads)

    @property
    def is_without_retry(self) -> bool:
        """Whether certainly nothing ever runs the task again."""
        if self.is_autoretried or not self.is_plain or self.hands_itself_on:
            return False
        return not self.is_retried and not self.reads_the_number


def retry_plans(project: Project) -> Iterator[RetryPlan]:
    """One for each task that is a function and is given such an option by its own decorator."""
    for task in project.tasks.all:
        if task.is_class:
            continue
        view = project.program.view(task.path)
        own = {e.index for e in view.facts.scopes[task.value.scope].decorators if isinstance(e, s.CallRef)}
        for name in PLANS:
            option = task.given.found.get(name)
            if option is None or option.path != task.path or option.call not in own:
                continue
            plan = RetryPlan(project, task, name, option)
            if plan.keyword is not None:
                yield plan
                break
