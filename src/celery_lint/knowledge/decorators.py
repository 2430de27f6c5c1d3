"""Decorators of packages, by what they make of the function below them. Names are dotted import paths."""

from __future__ import annotations

__all__ = ["SAME_CALL"]

SAME_CALL = frozenset(
    {
        "asgiref.sync.async_to_sync",
        "ddtrace.tracer.wrap",
        "django.db.transaction.atomic",
        "django.db.transaction.non_atomic_requests",
        "edx_django_utils.monitoring.set_code_owner_attribute",
        "functools.cache",
        "functools.lru_cache",
        "newrelic.agent.background_task",
        "reversion.create_revision",
        "sentry_sdk.trace",
    }
)
"""They call the function with what they are given."""
