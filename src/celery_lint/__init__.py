"""Finds the Django + Celery bugs that tests and eyes miss, says why, and shows the fix.

`check(paths)` is the whole linter as a function; `Report` is what it returns and `Finding` what a report
holds. They are loaded when first used, so importing the package costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from celery_lint.version import __version__

if TYPE_CHECKING:
    from celery_lint.engine import check
    from celery_lint.finding import Finding
    from celery_lint.report import Report

__all__ = ["Finding", "Report", "__version__", "check"]

_HOMES = {"check": "celery_lint.engine", "Finding": "celery_lint.finding", "Report": "celery_lint.report"}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(home), name)
