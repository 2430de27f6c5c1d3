"""The chart as one JSON object; its members are the fields of the classes in `celery_lint.map.chart`.

Within version 1 members may be added; none is taken away, renamed or given another meaning.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from msgspec import to_builtins

if TYPE_CHECKING:
    from celery_lint.map.chart import Chart

__all__ = ["chart_object", "render"]


def render(chart: Chart) -> Iterator[str]:
    yield from json.dumps(chart_object(chart), indent=2).splitlines()


def chart_object(chart: Chart) -> dict[str, Any]:
    found: dict[str, Any] = to_builtins(chart)
    return found
