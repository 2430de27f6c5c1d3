"""reviewdog's diagnostics, one a line; see the format `rdjson`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from celery_lint.report.rdjson_format import SOURCE, diagnostics

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from celery_lint.report import Report

__all__ = ["render"]


def render(report: Report, read: Callable[[str], bytes], color: bool) -> Iterator[str]:  # noqa: ARG001
    """The findings, one a line."""
    for diagnostic in diagnostics(report, read):
        yield json.dumps({"source": SOURCE, **diagnostic})
