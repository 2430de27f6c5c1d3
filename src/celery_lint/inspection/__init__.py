"""Confirms what rules nominate on the concrete syntax tree and drafts the suggested fixes.

Only this package imports libcst, and only once a nomination needs a tree.
"""

from __future__ import annotations

from celery_lint.inspection.inspector import Verdict, Verdicts, inspect

__all__ = ["Verdict", "Verdicts", "inspect"]
