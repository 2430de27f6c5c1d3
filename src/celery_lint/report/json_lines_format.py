"""The objects of the JSON format, one a line and no array around them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from celery_lint.report.json_format import finding_objects

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from celery_lint.report import Report

__all__ = ["render"]


def render(report: Report, read: Callable[[str], bytes], color: bool) -> Iterator[str]:  # noqa: ARG001
    """The findings, one a line."""
    for each in finding_objects(report):
        yield json.dumps(each)
