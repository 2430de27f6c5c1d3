"""The messages of a project: calls whose arguments become a task's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from celery_lint.facts import schema as s
from celery_lint.finding import Applicability, Fix, Location, Nomination, RenameKeyword, ReplaceText, Severity
from celery_lint.knowledge import celery as celery_knowledge
from celery_lint.knowledge import execution
from celery_lint.project.arguments.given import NOTHING, Given, Option, Sent, by_apply_async, by_delay, displayed
from celery_lint.project.arguments.options import (
    BadValue,
    Misspelling,
    bad_containers,
    bad_values,
    local_now,
    misspelt,
    naive_times,
)
from celery_lint.project.commit import spelled
from celery_lint.project.program import Place
from celery_lint.project.tasks import Task
from celery_lint.project.values import (
    ExternalMethod,
    Instance,
    Partial,
    QuerySet,
    Rows,
    Signature,
    TaskMethod,
    TaskValue,
    TupleValue,
    Value,
)
from celery_lint.project.view import FileView

if TYPE_CHECKING:
    from celery_lint.project.dispatch import Dispatch
    from celery_lint.project.project import Project

__all__ = ["Argument", "Message", "messages"]

SIGNATURE = re.compile(rb"\.(?:s|si)\(|subtask\(|signature\(")


class Argument(Struct, frozen=True):
    """One argument of a message: how it is written, and which model it holds."""

    written: str
    model: str


@dataclass(frozen=True)
class Message:
    """A call whose arguments become a task's: `delay`, `apply_async`, `.s()`, a project wrapper.

    `form` is "call" for one that sends, "name" for one that sends by name, "partial" for a signature, which may be
    given more arguments later, "immutable" for one that may not, "canvas" and "retry" for those, "set" where a
    signature is only given options, and "wrapper" where a function of the project stands between.
    """

    project: Project
    path: str
    number: int
    task: Task
    given: Given
    form: str

    @property
    def view(self) -> FileView:
        return self.project.program.view(self.path)

    @property
    def call(self) -> s.Call:
        return self.view.facts.calls[self.number]

    @property
    def location(self) -> Location:
        return self.project.program.location(self.path, self.call.span)

    @cached_property
    def place(self) -> Place:
        return self.project.program.place_of_call(self.path, self.call)

    @cached_property
    def options_reach_celery(self) -> bool:
        """Whether no function of the project, and no class of another package, stands between."""
        return self.form != "wrapper" and self.task.is_sent_by_celery

    def value(self, item: Sent | Option) -> Value:
        place = item.place if isinstance(item, Sent) else self.place
        return self.project.evaluator.value(item.expr, place)

    @cached_property
    def _values(self) -> list[tuple[s.Expr, Value]]:
        evaluator = self.project.evaluator
        found = [
            (expr, evaluator.value(expr, here))
            for item in self.given.sent
            for expr, here in self._flat((item.expr,), item.place, 1)
        ]
        for container in self.given.containers:
            shown, _ = displayed(self.project, container.expr, self.place)
            if shown is container.expr and isinstance(shown, s.Name):
                value = self.value(container)
                if isinstance(value, QuerySet | Rows | TupleValue):
                    found.append((shown, value))
        return found

    def _flat(self, exprs: tuple[s.Expr, ...], place: Place, depth: int) -> Iterator[tuple[s.Expr, Place]]:
        """The arguments, and what stands inside displays among them, or in variables that hold a display."""
        for expr in exprs:
            shown, there = displayed(self.project, expr, place)
            if isinstance(shown, s.Display) and depth < 4:
                yield from self._flat(shown.items, there, depth + 1)
            elif isinstance(shown, s.Mapping) and depth < 4:
                yield from self._flat(shown.values, there, depth + 1)
            elif not isinstance(expr, s.Spread):
                yield expr, place

    @cached_property
    def first_instance(self) -> Argument | None:
        """The first argument that certainly is a model instance."""
        if self.task.changes_arguments:
            return None
        for expr, value in self._values:
            if self.project.evaluator.is_model_instance(value):
                assert isinstance(value, Instance)
                return Argument(self.written(expr), self.project.evaluator.classes.name(value.cls))
        return None

    @cached_property
    def first_queryset(self) -> Argument | None:
        """The first argument that certainly is a queryset, or rows of model instances."""
        if self.task.changes_arguments:
            return None
        for expr, value in self._values:
            if isinstance(value, QuerySet):
                return Argument(self.written(expr), self.project.evaluator.classes.name(value.model))
            element = value.element if isinstance(value, Rows) else None
            if isinstance(value, TupleValue):
                element = next((i for i in value.items if self.project.evaluator.is_model_instance(i)), None)
            if isinstance(element, Instance) and self.project.evaluator.is_model_instance(element):
                return Argument(self.written(expr), self.project.evaluator.classes.name(element.cls))
        return None

    def written(self, expr: s.Expr) -> str:
        if isinstance(expr, s.Name):
            return expr.id
        if isinstance(expr, s.Attribute):
            return f"{self.written(expr.base)}.{expr.name}"
        if isinstance(expr, s.CallRef):
            return f"{self.written(self.view.facts.calls[expr.index].func)}(…)"
        if isinstance(expr, s.Item):
            return f"{self.written(expr.base)}[…]"
        return "…"

    def nominate(
        self,
        rule: str,
        values: Mapping[str, str] | None = None,
        *,
        label: str = "",
        fix: Fix | None = None,
        severity: Severity | None = None,
    ) -> Nomination:
        """A nomination at the call; `{task}` is filled in."""
        return Nomination(
            rule,
            self.location,
            self.project.program.location(self.path, self.view.statement(self.call.statement)),
            {"task": self.task.name, **(values or {})},
            label=label,
            fix=fix,
            severity=severity,
        )

    @cached_property
    def misspelt_options(self) -> tuple[Misspelling, ...]:
        return tuple(misspelt(self))

    @cached_property
    def bad_options(self) -> tuple[BadValue, ...]:
        """Options with values that Celery cannot use."""
        return tuple(bad_values(self))

    @cached_property
    def bad_containers(self) -> tuple[BadValue, ...]:
        """`args` that are no list or tuple, and `kwargs` that are no dict."""
        return tuple(bad_containers(self))

    @cached_property
    def naive_times(self) -> tuple[BadValue, ...]:
        """Options that are a local time without a zone."""
        return tuple(naive_times(self))

    def nominate_option(self, rule: str, bad: BadValue, title: str = "", *, safe: bool = True) -> Nomination:
        """A nomination for an option; the fix, if there is one, puts what it should be in its place."""
        option = bad.option
        fix = None
        if title and option.span is not None and (bad.instead or bad.rename):
            location = self.project.program.location(self.path, option.span)
            written = self.project.text(location).partition("=")[2].strip()
            text = f"{bad.rename or option.name}={replaced(option.expr, written, bad.instead)}"
            fix = Fix(title, Applicability.SAFE if safe else Applicability.UNSAFE, (ReplaceText(location, text),))
        values = {"option": option.name, "found": bad.found, "consequence": bad.consequence}
        return self.nominate(rule, values, label=f"`{option.name}` is {bad.found}", fix=fix)

    def nominate_time(self, rule: str, bad: BadValue) -> Nomination:
        """A nomination for a local time, with the fix that takes Django's for it."""
        found = self.nominate_option(rule, bad)
        call = local_now(self, bad.option.expr)
        if call is None or self.project.clock.is_without_zones:
            return found
        now, imports = spelled(self.view, "django.utils", "timezone", "now")
        text = ReplaceText(self.project.program.location(self.path, call.span), f"{now}()")
        return replace(found, fix=Fix("take the time with its zone", Applicability.SAFE, (text, *imports)))

    def nominate_misspelling(self, rule: str, misspelling: Misspelling) -> Nomination:
        """A nomination for a misspelt option, with the fix that renames it."""
        name, meant = misspelling.option.name, misspelling.meant
        fix = Fix(f"write `{meant}`", Applicability.SAFE, (RenameKeyword(self.location, name, meant),))
        return self.nominate(rule, {"option": name, "meant": meant}, label=f"`{name}` is no option", fix=fix)

    def nominate_model(self, rule: str, argument: Argument) -> Nomination:
        """A nomination for an argument that holds rows of a model."""
        model = "model" if argument.model == "Model" else argument.model
        values = {"argument": argument.written, "model": model, "consequence": self.project.instance_consequence}
        return self.nominate(rule, values, label=f"{argument.written} is sent")


def replaced(expr: s.Expr, written: str, pattern: str) -> str:
    """The pattern around what is written; `(x)` and `(x,)` do not become `((x),)`."""
    if not pattern:
        return written
    if pattern == "({},)" and written.startswith("(") and isinstance(expr, s.Name | s.Attribute | s.Constant):
        return f"{written[:-1].rstrip()},)"
    if pattern.startswith("{}.") and isinstance(expr, s.Operation | s.Choice) and not written.startswith("("):
        written = f"({written})"
    return pattern.format(written)


def messages(project: Project) -> tuple[Message, ...]:
    """Every message outside tests, once a call, in the order of files and lines."""
    found: dict[tuple[str, int], Message] = {}
    for dispatch in project.dispatches:
        message = of_dispatch(project, dispatch)
        if message is not None:
            found[message.path, message.number] = message
    for path in project.sources.code_with_any(celery_knowledge.SIGNATURE_METHODS):
        if SIGNATURE.search(project.source(path)):
            for message in signatures(project, path):
                found.setdefault((message.path, message.number), message)
    for method, word in (("set", ".set("), ("retry", ".retry(")):
        for path in project.sources.code_containing(method):
            if word.encode() in project.source(path):
                for message in bearers(project, path, method):
                    found.setdefault((message.path, message.number), message)
    return tuple(found[key] for key in sorted(found))


def of_dispatch(project: Project, dispatch: Dispatch) -> Message | None:
    sending, call, view = dispatch.sending, dispatch.call, dispatch.view
    place = project.program.place_of_call(sending.path, call)
    if sending.via == "callback":
        return handed_on(project, dispatch)
    if sending.via == "wrapper":
        kept = tuple(item for item in by_delay(call, place).sent if not is_task(project, item))
        given = Given(kept, is_complete=False, lists_options=False)
        return Message(project, sending.path, sending.call, dispatch.task, given, "wrapper")
    method = sending.method.removesuffix("_on_commit")
    if method == "delay":
        given = by_delay(call, place)
    elif not method:
        given = Given((), is_complete=False)
    elif method == "send_task":
        parameters = execution.SEND_TASK_PARAMETERS
        given = by_apply_async(project, view, call, place, parameters[1:], 1)
    else:
        given = by_apply_async(project, view, call, place, execution.APPLY_ASYNC_PARAMETERS)
    form = {"name": "name", "task": "call"}.get(sending.receiver, "canvas")
    return Message(project, sending.path, sending.call, dispatch.task, given, form)


def is_task(project: Project, item: Sent) -> bool:
    return isinstance(project.evaluator.value(item.expr, item.place), TaskValue | TaskMethod)


def handed_on(project: Project, dispatch: Dispatch) -> Message | None:
    """`partial(task.delay, order)`, and `on_commit(task.delay)`, which gives nothing."""
    call, view = dispatch.call, dispatch.view
    handover = next((h for h in project.on_commit_calls if h.path == dispatch.path and h.holds(dispatch)), None)
    if handover is not None and handover.number == dispatch.sending.call:
        return Message(project, dispatch.path, dispatch.sending.call, dispatch.task, NOTHING, "call")
    if not call.args or not isinstance(call.args[0], s.Attribute):
        return None
    value = project.evaluator.value(s.CallRef(dispatch.sending.call), project.program.end_of(dispatch.path))
    if not isinstance(value, Partial):
        return None
    place = project.program.place_of_call(dispatch.path, call)
    if dispatch.sending.method.startswith("apply_async"):
        given = by_apply_async(project, view, call, place, execution.APPLY_ASYNC_PARAMETERS, 1)
    else:
        given = by_delay(call, place, 1)
    if handover is None:
        given = structs.replace(given, is_complete=False)
    return Message(project, dispatch.path, dispatch.sending.call, dispatch.task, given, "call")


def bearers(project: Project, path: str, method: str) -> Iterator[Message]:
    """`signature.set(…)` and `self.retry(…)`, which take options and no arguments that could be counted."""
    view = project.program.view(path)
    parameters = execution.RETRY_PARAMETERS if method == "retry" else ("immutable",)
    for number in view.calls_by_name.get(method, ()):
        call = view.facts.calls[number]
        place = project.program.place_of_call(path, call)
        value = project.evaluator.value(call.func, place)
        receiver = value.receiver if isinstance(value, ExternalMethod) else None
        if isinstance(receiver, Signature) and method == "set" and receiver.tasks:
            receiver = receiver.tasks[0]
        elif method == "set":
            continue
        if isinstance(receiver, TaskValue):
            found = by_apply_async(project, view, call, place, parameters)
            given = Given((), False, found.options, found.lists_options)
            yield Message(project, path, number, project.tasks.of(receiver), given, method)


def signatures(project: Project, path: str) -> Iterator[Message]:
    """`task.s(…)`, `task.signature(…)` and `signature(task or name, …)`."""
    view = project.program.view(path)
    for method in sorted(celery_knowledge.SIGNATURE_METHODS):
        for number in view.calls_by_name.get(method, ()):
            call = view.facts.calls[number]
            place = project.program.place_of_call(path, call)
            value = project.evaluator.value(call.func, place)
            form = "immutable" if method == "si" else "partial"
            if isinstance(value, ExternalMethod) and isinstance(value.receiver, TaskValue):
                if method in ("s", "si"):
                    given = by_delay(call, place)
                elif method in ("signature", "subtask"):
                    given = by_apply_async(project, view, call, place, execution.SIGNATURE_PARAMETERS)
                else:
                    continue
                yield Message(project, path, number, project.tasks.of(value.receiver), given, form)
            elif method in ("signature", "subtask"):
                made = project.evaluator.value(s.CallRef(number), place)
                if isinstance(made, Signature) and made.kind == "signature" and len(made.tasks) == 1:
                    given = by_apply_async(project, view, call, place, execution.SIGNATURE_PARAMETERS, 1)
                    yield Message(project, path, number, project.tasks.of(made.tasks[0]), given, form)
