"""What leaves rows as they are. Names of functions are dotted import paths; a name that ends in a dot stands for all
below it."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta

from celery_lint.knowledge import django

__all__ = ["FUNCTIONS", "METHODS", "OUTPUTS", "QUERIES", "STANDARD"]

STANDARD = sys.stdlib_module_names - {"sqlite3"} | {"builtins"}
"""Packages whose functions know of no rows."""

FUNCTIONS = (
    *("celery.", "django.conf.", "django.contrib.messages.", "django.core.cache.", "django.core.mail."),
    *("django.db.transaction.", "django.http.", "django.shortcuts.", "django.urls.", "django.utils."),
    *("rest_framework.response.", "rest_framework.reverse."),
)

QUERIES = (
    django.QUERYSET_METHODS
    | django.VALUES_METHODS
    | django.INSTANCE_METHODS - {"create", "acreate"}
    | {"aggregate", "contains", "count", "exists", "explain", "in_bulk", "iterator", "refresh_from_db"}
)
"""Methods of managers and querysets that only read."""

METHODS = (
    QUERIES
    | {name for kind in (str, bytes, dict, list, set, tuple, int, float, datetime, timedelta) for name in dir(kind)}
    | {"critical", "debug", "error", "exception", "info", "log", "warn", "warning"}
)
"""Methods of collections, of text, of times and of loggers, and those that read rows."""

OUTPUTS = ("stderr", "stdout")
"""Where management commands write what people read."""
