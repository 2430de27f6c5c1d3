"""What the map shows: the wiring of a project with the findings of a run, as plain data.

The members of these classes are those of the JSON format, whose version 1 they are. `findings` are positions in the
list of findings. A `queue` of null is one that is not known.
"""

from __future__ import annotations

from msgspec import Struct

__all__ = ["VERSION", "App", "Chart", "DispatchNode", "QueueNode", "ScheduleNode", "TaskNode", "WorkerNode"]

VERSION = 1


class App(Struct, frozen=True):
    """A Celery app. `home` is the directory of its Django project, "" for the root; `environments` are the settings
    that production may run."""

    path: str
    line: int
    home: str
    environments: tuple[str, ...]


class DispatchNode(Struct, frozen=True):
    """A place that sends a task, or makes a signature of it: `how` is the method that is called.

    `transaction` is "open", "request", "signal", "method", "migration", "after-commit" or "none"; `opened` says what
    opens it, as "path:line: words". `decided_by` is what decides on the queue: "call", "task", "route", "default", or
    "" where that is not known.
    """

    task: str
    how: str
    path: str
    line: int
    function: str
    transaction: str
    opened: str
    queue: str | None
    decided_by: str
    findings: tuple[int, ...] = ()


class ScheduleNode(Struct, frozen=True):
    """An entry of `beat_schedule`, or a call of `add_periodic_task`, for which `environment` is "".

    `task` is null where it is not known, `when` is the schedule as people read it.
    """

    name: str
    task: str | None
    when: str
    path: str
    line: int
    environment: str
    queue: str | None
    decided_by: str
    findings: tuple[int, ...] = ()


class TaskNode(Struct, frozen=True):
    """A task of the project. `dispatches` and `schedules` are positions in those lists, `queues` where they send it."""

    name: str
    path: str
    line: int
    home: str
    queues: tuple[str | None, ...]
    dispatches: tuple[int, ...]
    schedules: tuple[int, ...]
    findings: tuple[int, ...] = ()


class WorkerNode(Struct, frozen=True):
    """A command that starts a worker. `queues` is null where it is not known which it consumes; `environment` is
    "production", "development" or "tests"."""

    name: str
    path: str
    line: int
    home: str | None
    environment: str
    queues: tuple[str, ...] | None
    pool: str | None
    concurrency: int | None
    findings: tuple[int, ...] = ()


class QueueNode(Struct, frozen=True):
    """A queue. `workers` are positions in that list; `state` is "consumed", "without worker", "unused", or "unknown"
    where workers are missing or not known."""

    name: str
    home: str
    state: str
    is_default: bool
    is_declared: bool
    tasks: tuple[str, ...]
    workers: tuple[int, ...]
    findings: tuple[int, ...] = ()


class Chart(Struct, frozen=True):
    """All of it. `project` is the name of the directory, `celery` the release, null where it is not known."""

    version: int
    project: str
    celery: str | None
    apps: tuple[App, ...]
    tasks: tuple[TaskNode, ...]
    dispatches: tuple[DispatchNode, ...]
    schedules: tuple[ScheduleNode, ...]
    queues: tuple[QueueNode, ...]
    workers: tuple[WorkerNode, ...]
    findings: tuple[dict[str, object], ...]
