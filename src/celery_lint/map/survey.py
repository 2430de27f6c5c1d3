"""From a project and the findings of a run to the chart of both."""

from __future__ import annotations

import os
from bisect import bisect_left
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import structs

from celery_lint.finding import Location
from celery_lint.map.chart import (
    VERSION,
    App,
    Chart,
    DispatchNode,
    QueueNode,
    ScheduleNode,
    TaskNode,
    WorkerNode,
)
from celery_lint.report.json_format import finding_objects

if TYPE_CHECKING:
    from celery_lint.facts.schema import Span
    from celery_lint.project.arguments.message import Message
    from celery_lint.project.configuration import Datum
    from celery_lint.project.project import Project
    from celery_lint.project.schedules import BeatEntry, PeriodicTask
    from celery_lint.project.tasks import Task
    from celery_lint.project.wiring import Delivery, Queue, Queues, Source, TransactionState
    from celery_lint.report import Report

__all__ = ["Survey"]


class Survey:
    """Draws the chart; `shown` gives a path of the project as users see it."""

    def __init__(self, project: Project, report: Report, shown: Callable[[str], str]) -> None:
        self.project = project
        self.report = structs.replace(report, silenced=())
        self.findings = report.findings
        self.shown = shown
        self.by_home = {queues.home: queues for queues in project.wiring.queues}

    @cached_property
    def chart(self) -> Chart:
        version = self.project.celery_version
        return Chart(
            VERSION,
            os.path.basename(os.path.abspath(self.project.root)),
            ".".join(map(str, version)) if version else None,
            tuple(self._apps()),
            tuple(self._tasks()),
            tuple(node for node, _ in self._dispatches),
            self._schedules,
            tuple(self._queues()),
            self._workers,
            tuple(finding_objects(self.report)),
        )

    # Findings

    @cached_property
    def _by_path(self) -> dict[str, list[tuple[int, int]]]:
        """Path → (line, number) of the findings there, in order."""
        found: dict[str, list[tuple[int, int]]] = {}
        for number, finding in enumerate(self.findings):
            found.setdefault(finding.location.path, []).append((finding.location.line, number))
        return {path: sorted(lines) for path, lines in found.items()}

    def _within(self, path: str, line: int, end_line: int) -> tuple[int, ...]:
        """The findings on those lines; `path` is the project's."""
        lines = self._by_path.get(self.shown(path), [])
        first, after = bisect_left(lines, (line, -1)), bisect_left(lines, (end_line + 1, -1))
        return tuple(number for _, number in lines[first:after])

    @cached_property
    def _traced(self) -> dict[tuple[str, int, int], list[int]]:
        """Place → the findings whose traces pass it."""
        found: dict[tuple[str, int, int], list[int]] = {}
        for number, finding in enumerate(self.findings):
            for step in finding.trace:
                if not step.aside:
                    at = step.location
                    found.setdefault((at.path, at.line, at.column), []).append(number)
        return found

    # Apps and workers

    def _apps(self) -> Iterator[App]:
        for each in self.project.configurations:
            call = self.project.program.view(each.app.path).facts.calls[each.app.call]
            titles = tuple(environment.title for environment in each.production)
            yield App(self.shown(each.app.path), call.span.line, each.home, titles)

    @cached_property
    def _workers(self) -> tuple[WorkerNode, ...]:
        found = []
        for worker in self.project.workers:
            queues = self._consumer(worker.home)
            consumed = queues.consumed(worker) if queues is not None else None
            if consumed is None and worker.queues:
                consumed = frozenset(worker.queues)
            at = worker.statement if worker.statement.path == worker.path else worker.location
            found.append(
                WorkerNode(
                    worker.service.name or os.path.basename(worker.path),
                    self.shown(worker.path),
                    worker.location.line,
                    worker.home,
                    worker.service.environment,
                    None if consumed is None else tuple(sorted(consumed)),
                    worker.pool or None,
                    worker.concurrency,
                    self._within(worker.path, at.line, at.end_line),
                )
            )
        return tuple(found)

    def _consumer(self, home: str | None) -> Queues | None:
        """The queues that a worker of the Django project takes from; of the only one, where its own is not known."""
        if home is not None:
            return self.by_home.get(home)
        return next(iter(self.by_home.values())) if len(self.by_home) == 1 else None

    # What is sent

    @cached_property
    def _sources(self) -> dict[tuple[str, int], Source]:
        return {
            (source.message.path, source.message.number): source
            for source in self.project.wiring.sources
            if source.message is not None
        }

    def _delivery(self, source: Source | None) -> tuple[str | None, str]:
        """The queue and what decides on it; unknown where environments differ."""
        queues = self.by_home.get(source.home) if source is not None else None
        if source is None or queues is None:
            return (source.said.queue or None, "call") if source is not None and source.said.queue else (None, "")
        found: set[Delivery] = set(queues.destinations.of(source))
        names = {delivery.queue for delivery in found}
        if len(names) != 1 or None in names:
            return None, ""
        return next(iter(names)), next(iter(found)).by

    @cached_property
    def _dispatches(self) -> tuple[tuple[DispatchNode, Task], ...]:
        """Each place that sends, with its task; signatures get the state of the canvas that sends them."""
        states = self.project.wiring.transactions
        found: dict[tuple[str, int], tuple[DispatchNode, Task]] = {}
        signed: set[Location] = set()
        canvases: dict[Location, TransactionState] = {}
        for dispatch in self.project.dispatches:
            if dispatch.sending.receiver not in ("task", "name"):
                canvases[dispatch.statement] = states.of(dispatch)
        for source in self.project.wiring.sources:
            message = source.message
            if message is not None and source.kind == "signature" and message.form != "set":
                signed.add(message.statement)
                node = self._node(message, source, canvases.get(message.statement))
                found[message.path, message.number] = (node, source.task)
        for dispatch in self.project.dispatches:
            key = (dispatch.path, dispatch.sending.call)
            is_canvas = dispatch.sending.receiver not in ("task", "name")
            if not (is_canvas and dispatch.statement in signed):
                node = self._of_call(
                    dispatch.path,
                    dispatch.sending.call,
                    dispatch.task.name,
                    dispatch.sending.method or dispatch.sending.receiver,
                    states.of(dispatch),
                    self._delivery(self._sources.get(key)),
                )
                found[key] = (node, dispatch.task)
        return tuple(found[key] for key in sorted(found))

    def _node(self, message: Message, source: Source, state: TransactionState | None) -> DispatchNode:
        how = message.method or "signature"
        return self._of_call(message.path, message.number, source.task.name, how, state, self._delivery(source))

    def _of_call(
        self,
        path: str,
        number: int,
        task: str,
        how: str,
        state: TransactionState | None,
        delivery: tuple[str | None, str],
    ) -> DispatchNode:
        view = self.project.program.view(path)
        call = view.facts.calls[number]
        module, function = self.project.sources.module_name(path), view.qualified(call.scope)
        opened = ""
        if state is not None and state.where is not None:
            opened = f"{self.shown(state.where.path)}:{state.where.line}: {state.what}"
        elif state is not None:
            opened = state.what
        return DispatchNode(
            task,
            how,
            self.shown(path),
            call.span.line,
            ".".join(part for part in (module, function) if part),
            state.name if state is not None else "none",
            opened,
            *delivery,
            self._about(path, call.span),
        )

    def _about(self, path: str, span: Span) -> tuple[int, ...]:
        """The findings at a call, and those elsewhere whose trace leads there."""
        led = self._traced.get((self.shown(path), span.line, span.column), ())
        return tuple(sorted({*self._within(path, span.line, span.end_line), *led}))

    # Schedules

    @cached_property
    def _schedules(self) -> tuple[ScheduleNode, ...]:
        """Entries of the settings, then calls of `add_periodic_task`."""
        sources = self.project.wiring.sources
        entries = (self._entry(source, source.entry) for source in sources if source.entry is not None)
        calls = (self._periodic(source, source.periodic) for source in sources if source.periodic is not None)
        return (*entries, *calls)

    def _entry(self, source: Source, entry: BeatEntry) -> ScheduleNode:
        first = entry.key.span.line
        last = max((line for _, value in entry.content.entries for line in _lines(value)), default=first)
        name = entry.task.name if entry.task is not None else entry.task_name
        return ScheduleNode(
            entry.name,
            name,
            self._when(entry.content.get("schedule")),
            self.shown(entry.key.path),
            first,
            entry.environment.title,
            *self._delivery(source),
            self._within(entry.key.path, first, max(first, last)),
        )

    def _periodic(self, source: Source, periodic: PeriodicTask) -> ScheduleNode:
        span = periodic.call.span
        return ScheduleNode(
            periodic.name or source.task.name,
            source.task.name,
            self._when(periodic.schedule),
            self.shown(periodic.path),
            span.line,
            "",
            *self._delivery(source),
            self._within(periodic.path, span.line, span.end_line),
        )

    def _when(self, schedule: Datum | None) -> str:
        """A schedule as people read it: a call as the code writes it, anything else as its value."""
        from celery_lint.project.configuration import Made
        from celery_lint.project.configuration.display import displayed

        if schedule is None:
            return ""
        if not isinstance(schedule.content, Made):
            return displayed(schedule)
        call = self.project.program.view(schedule.path).facts.calls[schedule.content.call]
        return " ".join(self.project.text(self.project.program.location(schedule.path, call.span)).split())

    # Tasks and queues

    def _tasks(self) -> Iterator[TaskNode]:
        dispatches: dict[str, list[int]] = {}
        for number, (node, _) in enumerate(self._dispatches):
            dispatches.setdefault(node.task, []).append(number)
        schedules: dict[str, list[int]] = {}
        for number, entry in enumerate(self._schedules):
            schedules.setdefault(entry.task or "", []).append(number)
        for task in self.project.tasks.all:
            sent, timed = dispatches.get(task.name, []), schedules.get(task.name, [])
            queues = {self._dispatches[number][0].queue for number in sent}
            queues |= {self._schedules[number].queue for number in timed}
            location = task.location
            assert location is not None
            whole = self.project.program.view(task.path).facts.scopes[task.value.scope].whole
            yield TaskNode(
                task.name,
                self.shown(task.path),
                location.line,
                self.project.settings.home(task.path),
                tuple(sorted(queues, key=lambda name: (name is None, name or ""))),
                tuple(sent),
                tuple(timed),
                self._within(task.path, whole.line, whole.end_line),
            )

    def _queues(self) -> Iterator[QueueNode]:
        numbers = {worker: number for number, worker in enumerate(self.project.workers)}
        for queues in self.project.wiring.queues:
            unused = {each.name: each for each in queues.unused}
            for queue in queues.all:
                marks = [queue.nominate("")] if queue.is_abandoned else []
                marks += [unused[queue.name].nominate("")] if queue.name in unused else []
                yield QueueNode(
                    queue.name,
                    queues.home,
                    "unused" if queue.name in unused else queue.state,
                    queues.is_surely_default(queue.name),
                    queue.name in (queues.declared or ()),
                    queue.tasks,
                    tuple(sorted(numbers[worker] for worker in queue.workers)),
                    tuple(self._same(queue, mark.location) for mark in marks if self._same(queue, mark.location) >= 0),
                )

    def _same(self, queue: Queue, location: Location) -> int:
        """The finding at a place that speaks of the queue; -1 where it was silenced."""
        for number, finding in enumerate(self.findings):
            same = (finding.location.path, finding.location.line) == (self.shown(location.path), location.line)
            if same and f"`{queue.name}`" in finding.message and finding.category == "scheduling":
                return number
        return -1


def _lines(datum: Datum) -> Iterator[int]:
    """The last lines of a value and of what is inside it."""
    yield datum.span.end_line
    for _, value in datum.entries:
        yield from _lines(value)
    for item in datum.items:
        yield from _lines(item)
