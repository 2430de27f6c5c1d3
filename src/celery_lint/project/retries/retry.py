"""The calls with which tasks ask to be run again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import structs

from celery_lint.facts import schema as s
from celery_lint.finding import AddHandler, Applicability, Fix, Location, ReplaceText
from celery_lint.knowledge.celery import MAX_RETRIES_EXCEEDED
from celery_lint.knowledge.network import is_network_error
from celery_lint.project.commit import spelled
from celery_lint.project.retries.handlers import Handler, handlers_around
from celery_lint.project.retries.network import asks_host
from celery_lint.project.retries.pace import presses, seconds, steady_delay
from celery_lint.project.site import CallSite
from celery_lint.project.values import ExternalMethod, Instance, TaskValue
from celery_lint.project.view import last_name

if TYPE_CHECKING:
    from celery_lint.project.project import Project

__all__ = ["Retry", "retries"]

FIRST_NAME = re.compile(r"[\w.]+\(\s*(\w+)\b")


class Retry(CallSite, frozen=True, dict=True):
    """A call of a task's `retry`, mostly `self.retry(…)`."""

    task: TaskValue

    def keyword(self, name: str) -> s.Keyword | None:
        return next((keyword for keyword in self.call.keywords if keyword.name == name), None)

    @property
    def has_unread_arguments(self) -> bool:
        """Whether `*` or `**` gives more than can be seen."""
        starred = any(isinstance(arg, s.Spread) for arg in self.call.args)
        return starred or any(keyword.name is None for keyword in self.call.keywords)

    @property
    def raises(self) -> bool:
        """Whether it certainly raises: `throw` is not given."""
        return not self.has_unread_arguments and self.keyword("throw") is None and len(self.call.args) < 4

    # The exception

    @cached_property
    def misplaced_exception(self) -> str:
        """The exception that stands first, where `args` belong, as it is written; empty for none."""
        if not self.call.args:
            return ""
        first = self.call.args[0]
        value = self.value_of(first)
        if not isinstance(value, Instance) or not self._is_exception(value):
            return ""
        return first.id if isinstance(first, s.Name) else "an exception"

    def _is_exception(self, value: Instance) -> bool:
        classes = self.project.evaluator.classes
        return classes.inherits(value.cls, frozenset({"builtins.Exception", "builtins.BaseException"}))

    @cached_property
    def naming(self) -> Fix | None:
        """The fix that gives the exception that stands first as `exc`."""
        found = FIRST_NAME.match(self.project.text(self.location))
        alone = len(self.call.args) == 1 and self.keyword("exc") is None and not self.has_unread_arguments
        if found is None or not alone or found[1] != self.misplaced_exception:
            return None
        before = found.string[: found.start(1)].split("\n")
        line = self.location.line + len(before) - 1
        column = len(before[-1]) + (self.location.column if len(before) == 1 else 1)
        place = Location(self.path, line, column, line, column + len(found[1]))
        return Fix("give it as `exc`", Applicability.SAFE, (ReplaceText(place, f"exc={found[1]}"),))

    @cached_property
    def gives_exception(self) -> bool:
        """Whether `exc` certainly is an exception."""
        keyword = self.keyword("exc")
        if keyword is None:
            return False
        value = self.value_of(keyword.value)
        return isinstance(value, Instance) and self._is_exception(value)

    @property
    def is_statement(self) -> bool:
        """Whether the call stands alone and does raise, so that nothing shows that the function ends here."""
        return self.call.use == "discarded" and self.raises

    @property
    def raising(self) -> Fix:
        """The fix that writes `raise` before the call."""
        at = structs.replace(self.location, end_line=self.location.line, end_column=self.location.column)
        return Fix("raise what it gives", Applicability.SAFE, (ReplaceText(at, "raise "),))

    # The delay

    @cached_property
    def steady_delay(self) -> str:
        """How long each new attempt waits, when that is the same each time and too short; else empty."""
        if self.has_unread_arguments or len(self.call.args) > 4 or self.keyword("eta") or self.keyword("max_retries"):
            return ""
        task, countdown = self.project.tasks.of(self.task), self.keyword("countdown")
        delay = steady_delay(task, self.value_of(countdown.value) if countdown is not None else None)
        return seconds(delay) if delay is not None and presses(task, delay) else ""

    @cached_property
    def asks_hosts(self) -> bool:
        """Whether the `try` that it tries again certainly asks another host, by what is caught or what is called."""
        handler = self.handler
        if handler is None:
            return False
        if any(is_network_error(name) for name in handler.types):
            return True
        calls = (call for call in self.view.facts.calls if self._is_in(call.frame, handler.frame.of))
        place = self.project.program.place_of_call
        return any(asks_host(self.project.evaluator.value(call.func, place(self.path, call))) for call in calls)

    # What stands around it

    @cached_property
    def handler(self) -> Handler | None:
        """The innermost `except` that it stands in."""
        for number, record in self.view.scope_frames(self.call.frame):
            if record.kind == "except":
                return Handler(self.project, self.view, number)
        return None

    def _is_in(self, frame: int, outer: int) -> bool:
        return any(number == outer for number, _ in self.view.scope_frames(frame))

    @cached_property
    def swallower(self) -> Handler | None:
        """The handler that catches the Retry which the call raises, and does not pass it on."""
        if not self.raises:
            return None
        for handlers in handlers_around(self.project, self.view, self.call.frame):
            for handler in handlers:
                if handler.catches_retry:
                    return handler if handler.ends_quietly else None
                if "?" in handler.types:
                    return None
        return None

    @cached_property
    def letting_through(self) -> Fix | None:
        """The fix that puts an `except Retry` which raises it before the handler that catches it."""
        if self.swallower is None:
            return None
        name, imports = spelled(self.view, "celery.exceptions", None, "Retry")
        handler = AddHandler(self.swallower.location, name)
        return Fix("let Retry through", Applicability.UNSAFE, (handler, *imports))

    @cached_property
    def dead_handler(self) -> Handler | None:
        """The handler for too many retries that the call can never reach, because it raises its own exception then;
        None when anything else in the `try` may reach it."""
        if not self.gives_exception or not self.raises:
            return None
        for handlers in handlers_around(self.project, self.view, self.call.frame):
            for handler in handlers:
                if handler.types == MAX_RETRIES_EXCEEDED:
                    return None if self._has_rival(handler.frame.of) else handler
        return None

    def _has_rival(self, body: int) -> bool:
        """Whether another call in the body of the `try` may raise MaxRetriesExceededError."""
        for number, call in enumerate(self.view.facts.calls):
            if number == self.number or not self._is_in(call.frame, body):
                continue
            handed = (*call.args, *(keyword.value for keyword in call.keywords))
            own = isinstance(self.call.func, s.Attribute) and self.call.func.base in handed
            if own or last_name(call.func) == "retry":
                return True
        return False


def retries(project: Project) -> Iterator[Retry]:
    """Every call of a task's `retry` outside tests, in the order of files and lines."""
    for path in project.sources.code_containing("retry"):
        if not project.sources.has_text(path, b".retry("):
            continue
        view = project.program.view(path)
        for number in view.calls_by_name.get("retry", ()):
            call = view.facts.calls[number]
            value = project.evaluator.value(call.func, project.program.place_of_call(path, call))
            if isinstance(value, ExternalMethod) and isinstance(value.receiver, TaskValue):
                yield Retry(project, path, number, value.receiver)
