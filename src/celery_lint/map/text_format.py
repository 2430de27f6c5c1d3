"""The chart as text: under each queue its workers, its tasks, and what sends them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from celery_lint.map.chart import Chart, QueueNode, TaskNode

__all__ = ["STATES", "render"]

STATES = {
    "open": "in a transaction",
    "request": "in the transaction of a request",
    "signal": "in a signal handler",
    "method": "in a model method",
    "migration": "in a migration",
    "after-commit": "after the commit",
    "none": "no transaction known",
}
"""The states of a dispatch in words."""


def render(chart: Chart) -> Iterator[str]:
    """Queues, then tasks of which the queue is not known or that nothing sends, then workers and findings."""
    release = f"Celery {chart.celery}" if chart.celery else "Celery of unknown release"
    parts = (
        _counted(len(chart.tasks), "task"),
        f"{len(chart.dispatches)} dispatches" if len(chart.dispatches) != 1 else "1 dispatch",
        _counted(len(chart.schedules), "schedule"),
        _counted(len(chart.queues), "queue"),
        _counted(len(chart.workers), "worker"),
        _counted(len(chart.findings), "finding"),
    )
    yield f"{chart.project}, {release}: {', '.join(parts)}"
    for queue in chart.queues:
        yield ""
        yield from _queue(chart, queue)
    lost = [task for task in chart.tasks if None in task.queues]
    yield from _section("Tasks whose queue is not known", chart, lost, None)
    idle = [task for task in chart.tasks if not task.queues]
    yield from _section("Tasks that nothing is seen to send", chart, idle, None)
    if chart.workers:
        yield ""
        yield "Workers"
    for worker in chart.workers:
        consumed = ", ".join(worker.queues) if worker.queues is not None else "not known"
        yield (
            f"  {worker.name} ({worker.environment}, {worker.path}:{worker.line}): {consumed}"
            f"{_marks(chart, worker.findings)}"
        )


def _queue(chart: Chart, queue: QueueNode) -> Iterator[str]:
    names = sorted({chart.workers[number].name for number in queue.workers})
    default = ", the default" if queue.is_default else ""
    where = f", of {queue.home}" if len({app.home for app in chart.apps}) > 1 else ""
    took = (
        f"consumed by {', '.join(names)}" if names else ("no worker known" if queue.state == "unknown" else "no worker")
    )
    yield f"Queue {queue.name}{default}{where}: {took}{_marks(chart, queue.findings)}"
    tasks = [task for task in chart.tasks if task.home == queue.home and queue.name in task.queues]
    for task in tasks:
        yield from _task(chart, task, queue.name)
    known = {task.name for task in tasks}
    for name in queue.tasks:
        if name not in known:
            yield f"  {name}"


def _section(title: str, chart: Chart, tasks: list[TaskNode], queue: str | None) -> Iterator[str]:
    if tasks:
        yield ""
        yield title
    for task in tasks:
        yield from _task(chart, task, queue)


def _task(chart: Chart, task: TaskNode, queue: str | None) -> Iterator[str]:
    yield f"  {task.name} ({task.path}:{task.line}){_marks(chart, task.findings)}"
    for number in task.schedules:
        entry = chart.schedules[number]
        if entry.queue == queue:
            yield f"    {entry.path}:{entry.line}  Beat, {entry.when}{_marks(chart, entry.findings)}"
    for number in task.dispatches:
        sent = chart.dispatches[number]
        if sent.queue == queue:
            state = STATES[sent.transaction]
            yield f"    {sent.path}:{sent.line}  {sent.function}, {sent.how}, {state}{_marks(chart, sent.findings)}"


def _marks(chart: Chart, findings: Iterable[int]) -> str:
    codes: list[Any] = sorted({chart.findings[number]["code"] for number in findings}, key=str)
    return f"  [{', '.join(codes)}]" if codes else ""


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
