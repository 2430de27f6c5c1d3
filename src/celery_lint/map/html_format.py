"""The chart as one HTML page that asks nothing of the network: style, script and data are inside."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING

from celery_lint.map.json_format import chart_object
from celery_lint.map.text_format import STATES

if TYPE_CHECKING:
    from celery_lint.map.chart import Chart

__all__ = ["render"]


def render(chart: Chart) -> Iterator[str]:
    """The page. What comes from the project is in the data, which holds no `<`, and in the title."""
    parts = files("celery_lint.map")
    page = Template(parts.joinpath("page.html").read_text("utf-8"))
    filled = page.substitute(
        title=html.escape(chart.project),
        style=parts.joinpath("page.css").read_text("utf-8"),
        script=parts.joinpath("page.js").read_text("utf-8"),
        data=_inert(chart_object(chart)),
        states=_inert(STATES),
    )
    yield from filled.splitlines()


def _inert(value: object) -> str:
    """JSON that no HTML parser takes for anything but text."""
    return json.dumps(value).replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
