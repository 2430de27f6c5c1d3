"""Places that wait while a task or a coroutine function runs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from celery_lint.facts import schema as s
from celery_lint.finding import AddImport, Applicability, AwaitCall, Fix, Nomination, SetKeyword
from celery_lint.knowledge import blocking
from celery_lint.project.bodies.body import Body, BodyCall
from celery_lint.project.bodies.sessions import files_with_sessions
from celery_lint.project.bodies.ways import Way, way_to
from celery_lint.project.commit import spelled
from celery_lint.project.guards import requirements
from celery_lint.project.site import CallSite
from celery_lint.project.values import (
    External,
    ExternalMethod,
    FunctionValue,
    Instance,
    Literal,
    Manager,
    QuerySet,
    Value,
)
from celery_lint.project.view import FileView, last_name

if TYPE_CHECKING:
    from celery_lint.project.project import Project
    from celery_lint.project.tasks import Task

__all__ = ["BlockingCall", "WaitingCall", "blocking_calls", "requests_in_tasks", "sleeps_in_tasks"]

LIMITS = frozenset(
    {
        "CELERY_TASK_SOFT_TIME_LIMIT",
        "CELERY_TASK_TIME_LIMIT",
        "CELERYD_TASK_SOFT_TIME_LIMIT",
        "CELERYD_TASK_TIME_LIMIT",
        "task_soft_time_limit",
        "task_time_limit",
    }
)
LIMIT_OPTIONS = ("time_limit", "soft_time_limit")
NOTHING = s.Constant("NoneType", None)
MODULES = ("requests", "requests_oauthlib", "urlopen", "FTP", "IMAP4", "POP3", "SMTP", "create_connection")
MODULE = re.compile(
    rb"\bimport\b.*\brequests\b|\bfrom\s+requests\b|\brequests\s*\.|\brequests\s+import\b"
    rb"|\b(?:requests_oauthlib|urlopen|FTP|IMAP4|POP3|SMTP|create_connection)\b"
)
"""Tells the module `requests` from a variable or a comment of that name."""
SLEEPING = re.compile(rb"(?<!asyncio\.)\bsleep\s*\(")
COROUTINE = re.compile(rb"\basync\s+def\b")
PLAIN_USES = ("argument", "assigned", "discarded", "returned")
HANDLING = ("except", "loop")
ROW_METHODS = ("delete", "refresh_from_db", "save")
BLOCKING = frozenset(
    name.rpartition(".")[2]
    for name in (*blocking.SLEEP, *blocking.PROCESSES, *blocking.REQUESTS, *blocking.QUERIES, *ROW_METHODS)
)


class WaitingCall(CallSite, frozen=True, dict=True):
    """A call that waits, and the way to it from a task that runs it."""

    way: Way
    what: str

    @cached_property
    def task(self) -> Task:
        return self.project.tasks.by_function[self.way.path, self.way.scope]

    @cached_property
    def is_bounded(self) -> bool:
        """Whether a time limit, of the task or of all tasks, may end the wait."""
        own = any(self.task.inherited_option(name) is not None for name in LIMIT_OPTIONS)
        return own or not self.task.has_known_options or any(self.project.settings.assignments(LIMITS))

    @property
    def is_paced(self) -> bool:
        """Whether it stands in a loop that looks at something again and again, or in a handler or loop of something
        that the task calls: a client that tries again."""
        kinds = {frame.kind for _, frame in self.view.scope_frames(self.call.frame)}
        if self.way.uses:
            return not kinds.isdisjoint(HANDLING)
        return "loop" in kinds and "except" not in kinds

    def nominate_wait(self, rule: str) -> Nomination:
        """A nomination at the call, with the way there."""
        values = {"what": self.what, "task": self.task.name.rpartition(".")[2]}
        fix = self._with_timeout if self.what in blocking.REQUESTS else None
        return self.nominate(rule, values, label="waits here", trace=self.way.steps(self.project), fix=fix)

    @property
    def _with_timeout(self) -> Fix:
        """The fix that gives the call a timeout: that of most other requests in the file, else ten seconds."""
        given = Counter(
            self.project.text(self.project.program.location(self.path, keyword.span)).partition("=")[2].strip()
            for call in self.view.facts.calls
            if last_name(call.func) in LASTS
            for keyword in call.keywords
            if isinstance(keyword.value, s.Constant) and keyword.name == "timeout" and is_timeout(keyword)
        )
        value = min(given, key=lambda text: (-given[text], text), default="10")
        return Fix("give it a timeout", Applicability.UNSAFE, (SetKeyword(self.location, "timeout", value),))


def requests_in_tasks(project: Project) -> Iterator[WaitingCall]:
    """Calls over the network that wait without end, and that a task makes."""
    defaults = bool(project.sources.mentioning("setdefaulttimeout"))
    for path in sorted({*project.sources.code_matching(MODULES, MODULE), *files_with_sessions(project)}):
        view = project.program.view(path)
        for number, call in enumerate(view.facts.calls):
            if any(is_timeout(keyword) for keyword in call.keywords):
                continue
            name = requested(project, view, call)
            known = blocking.REQUESTS.get(name)
            if known is None or (known.uses_socket_default and defaults):
                continue
            spread = any(isinstance(arg, s.Spread) for arg in call.args)
            if spread or 0 <= known.position < len(call.args) or not is_opened(name, call):
                continue
            yield from in_task(project, view, number, name)


def is_timeout(keyword: s.Keyword) -> bool:
    """Whether it bounds the wait, or may: `timeout=None` waits without end, as none does."""
    return keyword.name is None or (keyword.name == "timeout" and keyword.value != NOTHING)


def is_opened(name: str, call: s.Call) -> bool:
    """`FTP()` without a host opens nothing yet; `connect` has a timeout of its own."""
    return bool(call.args) or bool(call.keywords) or not name.rpartition(".")[2].isupper()


def requested(project: Project, view: FileView, call: s.Call) -> str:
    """The function of `requests` or the standard library that a call is, with a session's method as one."""
    if not isinstance(call.func, s.Attribute | s.Name):
        return ""
    last = call.func.name if isinstance(call.func, s.Attribute) else call.func.id
    if last not in LASTS:
        return ""
    value = project.evaluator.value(call.func, project.program.place_of_call(view.path, call))
    if isinstance(value, External):
        return value.name
    if isinstance(value, ExternalMethod) and isinstance(value.receiver, Instance):
        cls = value.receiver.cls
        mounted = bool(view.calls_by_name.get("mount"))
        if isinstance(cls, External) and cls.name in blocking.SESSIONS and not mounted:
            return f"requests.{value.name}"
    return ""


LASTS = frozenset(name.rpartition(".")[2] for name in blocking.REQUESTS)


def sleeps_in_tasks(project: Project) -> Iterator[WaitingCall]:
    """`time.sleep` of a second or more that a task comes to."""
    for path in project.sources.code_matching(("sleep",), SLEEPING):
        view = project.program.view(path)
        for number in view.calls_by_name.get("sleep", ()):
            call = view.facts.calls[number]
            place = project.program.place_of_call(path, call)
            value = project.evaluator.value(call.func, place)
            if not isinstance(value, External) or value.name not in blocking.SLEEP or len(call.args) != 1:
                continue
            seconds = project.evaluator.value(call.args[0], place)
            if isinstance(seconds, Literal) and isinstance(seconds.value, int | float) and seconds.value >= 1:
                yield from in_task(project, view, number, f"{seconds.value:g}")


def in_task(project: Project, view: FileView, number: int, what: str) -> Iterator[WaitingCall]:
    call = view.facts.calls[number]
    tasks = project.tasks.by_function
    way = way_to(project, view.path, call.scope, call.frame, call.order, lambda path, scope: (path, scope) in tasks)
    if way is not None:
        yield WaitingCall(project, view.path, number, way, what)


class BlockingCall(Struct, frozen=True):
    """A call that stops the event loop, in a coroutine function or in a plain function that it calls."""

    project: Project
    function: str
    call: BodyCall
    what: str

    def nominate(self, rule: str) -> Nomination:
        """A nomination in the coroutine function: at the call, or at the one that leads to it."""
        outermost = self.call.outermost
        values = {"what": self.what, "function": self.function}
        trace = (*self.call.steps[1:],)
        fix = self._awaited if self.call.outer is None else None
        return Nomination(
            rule, outermost.location, outermost.statement, values, label="blocks here", trace=trace, fix=fix
        )

    @property
    def _awaited(self) -> Fix | None:
        """The fix that awaits the call in a thread, or asyncio's own sleep; None where nothing can be awaited."""
        call = self.call.call
        if any(frame.kind == "comprehension" for _, frame in self.call.view.scope_frames(call.frame)):
            return None
        brackets = call.use not in PLAIN_USES
        if isinstance(self.call.callee, External):
            is_sleep = self.call.callee.name in blocking.SLEEP
            name = "sleep" if is_sleep else "to_thread"
            function, imports = spelled(self.call.view, "asyncio", None, name)
            if imports:
                function, imports = f"asyncio.{name}", (AddImport(self.call.path, "asyncio"),)
            awaited = AwaitCall(self.call.location, function, brackets, hands_over=not is_sleep)
        else:
            wrapper, imports = spelled(self.call.view, "asgiref.sync", None, "sync_to_async")
            awaited = AwaitCall(self.call.location, f"{wrapper}({{}})", brackets)
        return Fix("await it", Applicability.UNSAFE, (awaited, *imports))


def blocking_calls(project: Project) -> Iterator[BlockingCall]:
    """The first blocking call of each statement of the project's coroutine functions, outside tests."""
    if project.sources.mentioning("DJANGO_ALLOW_ASYNC_UNSAFE"):
        return
    for path in project.sources.code_matching(("async",), COROUTINE):
        view = project.program.view(path)
        for number, scope in enumerate(view.facts.scopes):
            if scope.kind != "function" or not scope.is_async or scope.is_generator:
                continue
            seen = set()
            body = Body(project.evaluator, FunctionValue(path, number))
            for call in body.calls(deepest=2, follows=is_plain_function, leads=is_plain_call):
                what = blocks(call) if may_block(call.view, call.call) and not depends_on_caller(call) else ""
                if what and call.outermost.location not in seen:
                    seen.add(call.outermost.location)
                    yield BlockingCall(project, scope.name, call, what)


def depends_on_caller(call: BodyCall) -> bool:
    """Whether a parameter of a function on the way decides if the call is made."""
    while call.outer is not None:
        if requirements(call.view, call.call.frame, call.call.order):
            return True
        call = call.outer
    return False


def is_plain_call(call: s.Call) -> bool:
    """Whether what is called runs here and now, as far as the call says."""
    return not isinstance(call.func, s.CallRef) and call.use != "awaited"


def is_plain_function(_call: BodyCall, function: s.Scope) -> bool:
    """Whether a function runs when it is called: nothing awaits, wraps or iterates over it."""
    return not function.decorators and not function.is_async and not function.is_generator


def may_block(view: FileView, call: s.Call) -> bool:
    """Whether a call has the name of one that waits, here or where it was imported from."""
    if call.use == "awaited":
        return False
    name = last_name(call.func)
    return name in BLOCKING or not BLOCKING.isdisjoint(view.names_behind.get(name, ()))


def blocks(call: BodyCall) -> str:
    """What the call waits for; nothing when it is not known to."""
    value: Value = call.callee
    if isinstance(value, External):
        if value.name in blocking.SLEEP | blocking.PROCESSES or value.name in blocking.REQUESTS:
            return f"{value.name}()"
        return ""
    if not isinstance(value, ExternalMethod):
        return ""
    if isinstance(value.receiver, Manager | QuerySet) and value.name in blocking.QUERIES:
        return f"the query `{value.name}()`"
    if value.name in ROW_METHODS and call.evaluator.is_model_instance(value.receiver):
        return f"the query `{value.name}()`"
    return ""
