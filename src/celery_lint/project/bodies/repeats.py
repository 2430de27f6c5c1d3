"""Side effects that a task repeats when it runs twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from celery_lint.facts import schema as s
from celery_lint.finding import Nomination
from celery_lint.knowledge.effects import GUARDS, MAILS
from celery_lint.project.bodies.body import BodyCall
from celery_lint.project.values import External, ExternalMethod, Instance, Literal, Manager, QuerySet
from celery_lint.project.view import last_name

if TYPE_CHECKING:
    from celery_lint.project.project import Project
    from celery_lint.project.tasks import Task

__all__ = ["RepeatedEffect", "repeated_effects"]

CONDITIONS = ("if", "match", "except", "else")


class RepeatedEffect(Struct, frozen=True):
    """A call in a task's own function; `reason` is why the task may run twice."""

    task: Task
    call: BodyCall
    effect: str
    reason: str

    def nominate(self, rule: str) -> Nomination:
        name = self.task.name.rpartition(".")[2]
        values = {"task": name, "effect": self.effect, "reason": self.reason}
        return Nomination(rule, self.call.location, self.call.statement, values, label="done again")


def repeated_effects(project: Project) -> Iterator[RepeatedEffect]:
    """The first effect of each task that may run twice and guards nothing."""
    for task in project.tasks.all:
        reason = runs_twice(task)
        body = task.body
        if not reason or body is None or is_guarded(body.own_calls) or asks_first(task):
            continue
        calls = body.own_calls
        for number, call in enumerate(calls):
            what = effect(call)
            conditional = any(frame.kind in CONDITIONS for _, _, frame in call.frames())
            if what and not conditional and (reason.startswith("acks_late") or len(calls) > number + 1):
                yield RepeatedEffect(task, call, what, reason)
                break


def runs_twice(task: Task) -> str:
    """Why a message of the task may be worked on again after part of it was done."""
    late = task.inherited_option("acks_late")
    if isinstance(late, Literal) and late.value is True:
        return "acks_late gives its message back when the worker stops"
    if task.inherited_option("autoretry_for") is not None:
        return "autoretry_for runs it again after an error"
    return ""


def is_guarded(calls: tuple[BodyCall, ...]) -> bool:
    """Whether the function asks for a lock, a row's state or a key of its own anywhere."""
    return any(last_name(call.call.func) in GUARDS for call in calls)


def asks_first(task: Task) -> bool:
    """Whether the function may return or raise before its end: a check of whether the work is done."""
    function = task.function
    if function is None:
        return True
    view = task.program.view(function.path)
    return any(
        item.kind in ("return", "raise") and any(f.kind in CONDITIONS for _, f in view.scope_frames(item.frame))
        for item in view.returns_by_scope.get(function.scope, ())
    )


def effect(call: BodyCall) -> str:
    """What the call does that somebody notices when it is done twice."""
    value = call.callee
    if isinstance(value, External):
        return "sends a mail" if value.name in MAILS else ""
    if not isinstance(value, ExternalMethod):
        return ""
    receiver = value.receiver
    if isinstance(receiver, Instance) and isinstance(receiver.cls, External):
        return "sends a mail" if receiver.cls.name in MAILS and value.name == "send" else ""
    if isinstance(receiver, Manager | QuerySet) and value.name == "update" and adds_to_itself(call):
        return "adds to a counter"
    return ""


def adds_to_itself(call: BodyCall) -> bool:
    """`update(count=F("count") + 1)`."""
    for keyword in call.call.keywords:
        if isinstance(keyword.value, s.Operation) and keyword.value.operator in ("+", "-"):
            left = call.view.call(keyword.value.left)
            if left is not None and last_name(left.func) == "F":
                return True
    return False
