"""The map of a project: tasks, who sends them, queues, workers and schedules, with findings marked."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Protocol, cast

from celery_lint.map.chart import Chart
from celery_lint.map.survey import Survey

__all__ = ["FORMATS", "Chart", "Survey", "rendered"]

FORMATS = {
    "text": "text_format",
    "json": "json_format",
    "mermaid": "mermaid_format",
    "html": "html_format",
}
"""Name of a format → its module here."""


class Render(Protocol):
    def __call__(self, chart: Chart) -> Iterator[str]: ...


def rendered(name: str, chart: Chart) -> Iterator[str]:
    """The lines of the chart in a format; KeyError when there is no such format."""
    return cast("Render", import_module(f"celery_lint.map.{FORMATS[name]}").render)(chart)
