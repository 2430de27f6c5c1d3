"""Calls of `add_periodic_task`: what Beat sends by the clock, as code says it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from celery_lint.facts import schema as s
from celery_lint.finding import Applicability, Fix, Location, Operation, RenameMethod, ReplaceText
from celery_lint.project.configuration import Datum
from celery_lint.project.configuration.reading import Reader
from celery_lint.project.schedules.pace import pace_of
from celery_lint.project.site import CallSite
from celery_lint.project.values import FunctionValue, Literal, Method, Signature, TaskMethod, TaskValue

if TYPE_CHECKING:
    from celery_lint.project.project import Project
    from celery_lint.project.tasks import Task

__all__ = ["ExecutedTask", "PeriodicTask", "periodic_tasks", "replaced"]

METHOD = "add_periodic_task"
SENDING = ("delay", "apply_async")


class ExecutedTask(CallSite, frozen=True):
    """A call that runs or sends a task where its signature belongs."""

    @property
    def name(self) -> str:
        return dotted(self.call.func)

    @property
    def is_sent(self) -> bool:
        return self.method in SENDING

    @property
    def signature_fix(self) -> Fix | None:
        """`task(1)` and `task.delay(1)` as `task.s(1)`."""
        operation: Operation
        if self.method == "delay":
            operation = RenameMethod(self.location, "s")
        elif not self.is_sent and self.project.text(self.location).startswith(f"{self.name}("):
            column = self.location.column + len(self.name)
            operation = ReplaceText(Location(self.path, self.location.line, column, self.location.line, column), ".s")
        else:
            return None
        return Fix("Give its signature", Applicability.SAFE, (operation,))


class PeriodicTask(CallSite, frozen=True, dict=True):
    """One call of `add_periodic_task`."""

    @cached_property
    def pace(self) -> float | None:
        """Seconds from one message to the next, the shortest; None where that is not known."""
        return pace_of(self.schedule)

    @cached_property
    def schedule(self) -> Datum:
        """When it sends."""
        reader = Reader(self.project.program, self.project.evaluator)
        given = self.view.argument(self.call, 0, "schedule")
        return reader.read(given, self.place, self.call.span, self.view.statement(self.call.statement))

    @property
    def name(self) -> str:
        """The name that it is given; "" without one, or where that is not known."""
        value = self.value_of(self.view.argument(self.call, 4, "name"))
        return value.value if isinstance(value, Literal) and isinstance(value.value, str) else ""

    @property
    def signature(self) -> s.Expr | None:
        """What it is to send."""
        return self.view.argument(self.call, 1, "sig")

    @cached_property
    def task(self) -> Task | None:
        """The task that it sends, where there is just one."""
        value = self.value_of(self.signature)
        tasks = value.tasks if isinstance(value, Signature) else (value,)
        only = tasks[0] if len(tasks) == 1 else None
        return self.project.tasks.of(only) if isinstance(only, TaskValue) and only.is_certain else None

    @property
    def expires(self) -> bool | None:
        """Whether its messages do; None where that is not known."""
        names = {keyword.name for keyword in self.call.keywords}
        if "expires" in names:
            return True
        inner = self.view.call(self.signature)
        plain = inner is None or (isinstance(inner.func, s.Attribute) and inner.func.name in ("s", "si"))
        return False if plain and None not in names and self.task is not None else None

    @cached_property
    def executed(self) -> ExecutedTask | None:
        """The call that stands where a signature belongs."""
        if not isinstance(self.signature, s.CallRef):
            return None
        site = ExecutedTask(self.project, self.path, self.signature.index)
        return site if isinstance(site.value_of(site.call.func), TaskValue | TaskMethod) else None

    @cached_property
    def key(self) -> str | None:
        """What Beat keeps the entry under: its name, else its signature as it is written; None where not known."""
        name = self.view.argument(self.call, 4, "name")
        if name is not None:
            value = self.value_of(name)
            return f"the name {value.value!r}" if isinstance(value, Literal) and value.value is not None else None
        inner = self.view.call(self.signature)
        if inner is None or self.task is None or any(k.name in ("args", "kwargs", None) for k in self.call.keywords):
            return None
        if not all(isinstance(part, s.Constant) for part in (*inner.args, *(k.value for k in inner.keywords))):
            return None
        return f"the signature `{self.project.text(self.project.program.location(self.path, inner.span))}`"


def dotted(expr: s.Expr) -> str:
    """A name with its attributes, as it is written on one line."""
    if isinstance(expr, s.Attribute):
        return f"{dotted(expr.base)}.{expr.name}"
    return expr.id if isinstance(expr, s.Name) else "?"


def periodic_tasks(project: Project) -> Iterator[PeriodicTask]:
    """Every call of Celery's method outside tests, in the order of files and lines."""
    for path in project.sources.code_containing(METHOD):
        for number in project.program.view(path).calls_by_name.get(METHOD, ()):
            site = PeriodicTask(project, path, number)
            if not isinstance(site.value_of(site.call.func), FunctionValue | Method):
                yield site


def replaced(tasks: Iterable[PeriodicTask]) -> Iterator[tuple[PeriodicTask, PeriodicTask]]:
    """Each entry that takes the place of an earlier one in the same block, after that one."""
    seen: dict[tuple[str, int, str], PeriodicTask] = {}
    for task in tasks:
        if task.key is not None:
            where = (task.path, task.call.frame, task.key)
            if where in seen:
                yield seen[where], task
            seen[where] = task
