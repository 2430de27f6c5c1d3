"""The chart as a Mermaid flowchart: files that send, tasks, queues, workers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from celery_lint.map.chart import Chart, TaskNode

__all__ = ["render"]

STRONGEST = ("open", "request", "migration", "signal", "method", "none", "after-commit")
"""Of the states of several dispatches the one that an arrow shows comes first."""
ARROWS = {"open": "in a transaction", "request": "in a request", "migration": "in a migration"}
ARROWS |= {"signal": "in a signal", "method": "in a model method", "after-commit": "after commit"}
CLASSES = (
    "classDef task fill:#e6f4f1,stroke:#0f766e,color:#134e4a",
    "classDef queue fill:#eef2ff,stroke:#4f46e5,color:#312e81",
    "classDef worker fill:#f1f5f9,stroke:#475569,color:#1e293b",
    "classDef schedule fill:#fef9c3,stroke:#a16207,color:#713f12",
    "classDef finding fill:#fee2e2,stroke:#b91c1c,color:#7f1d1d",
)


class _Drawing:
    """Names for nodes, and each edge once."""

    def __init__(self) -> None:
        self.names: dict[tuple[str, str], str] = {}
        self.lines: list[str] = []
        self.edges: dict[tuple[str, str, str], None] = {}

    def node(self, kind: str, key: str, label: str, shape: tuple[str, str], *, is_marked: bool = False) -> str:
        name = self.names.get((kind, key))
        if name is None:
            name = self.names[kind, key] = f"{kind}{len(self.names)}"
            style = "finding" if is_marked else kind
            self.lines.append(f'  {name}{shape[0]}"{_escaped(label)}"{shape[1]}:::{style}')
        return name

    def edge(self, start: str, end: str, label: str = "") -> None:
        self.edges.setdefault((start, end, label), None)


def render(chart: Chart) -> Iterator[str]:
    """What nothing sends is left out; the dispatches of a file are one arrow for each task."""
    drawing = _Drawing()
    tasks = {task.name: task for task in chart.tasks}
    workers = {
        number: drawing.node("worker", str(number), worker.name, ("[[", "]]"), is_marked=bool(worker.findings))
        for number, worker in enumerate(chart.workers)
    }
    queues = {}
    for queue in chart.queues:
        marked = bool(queue.findings)
        node = queues[queue.name] = drawing.node(
            "queue", f"{queue.home}:{queue.name}", queue.name, ("[(", ")]"), is_marked=marked
        )
        for number in queue.workers:
            drawing.edge(node, workers[number])
    sent: dict[tuple[str, str], list[str]] = {}
    for dispatch in chart.dispatches:
        sent.setdefault((dispatch.path, dispatch.task), []).append(dispatch.transaction)
    for (path, name), states in sent.items():
        state = min(states, key=STRONGEST.index)
        drawing.edge(drawing.node("file", path, path, ("[", "]")), _task(drawing, name, tasks), ARROWS.get(state, ""))
    for entry in chart.schedules:
        if entry.task:
            node = drawing.node(
                "schedule", entry.name, f"{entry.name}: {entry.when}", ("([", "])"), is_marked=bool(entry.findings)
            )
            drawing.edge(node, _task(drawing, entry.task, tasks))
    ends: list[tuple[str | None, str | None]] = [(each.task, each.queue) for each in chart.dispatches]
    ends += [(entry.task, entry.queue) for entry in chart.schedules]
    for goes, went in ends:
        if goes and went in queues:
            drawing.edge(_task(drawing, goes, tasks), queues[went])
    yield "flowchart LR"
    yield from drawing.lines
    for start, end, label in drawing.edges:
        yield f'  {start} -->|"{label}"| {end}' if label else f"  {start} --> {end}"
    yield from (f"  {line}" for line in CLASSES)


def _task(drawing: _Drawing, name: str, tasks: Mapping[str, TaskNode]) -> str:
    return drawing.node("task", name, name, ("(", ")"), is_marked=name in tasks and bool(tasks[name].findings))


def _escaped(text: str) -> str:
    """Mermaid reads entities without the ampersand."""
    return text.replace("#", "#35;").replace('"', "#quot;").replace("<", "#lt;").replace(">", "#gt;").replace("\n", " ")
