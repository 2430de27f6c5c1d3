"""Words that show up where somebody looks at what became of a task."""

from __future__ import annotations

__all__ = ["HEARERS", "READERS", "TRACKERS"]

READERS = (
    "AsyncResult",
    "EagerResult",
    "GroupResult",
    "ResultSet",
    "TaskResult",
    "allow_join_result",
    "celery_progress",
    "chord",
    "django_celery_results",
    "get_task_meta",
    "result_from_tuple",
)
"""What code reads results with, and packages that show them."""

TRACKERS = (
    "airbrake",
    "appsignal",
    "bugsnag",
    "ddtrace",
    "elastic-apm",
    "honeybadger",
    "logfire",
    "newrelic",
    "opentelemetry-instrumentation-celery",
    "raven",
    "rollbar",
    "scout-apm",
    "sentry-sdk",
)
"""Packages that report what tasks raise."""

HEARERS = (
    *(package.replace("-", "_") for package in TRACKERS),
    "AdminEmailHandler",
    "elasticapm",
    "link_error",
    "on_error",
    "on_failure",
    "opentelemetry",
    "task_failure",
)
"""What hears of a failure: trackers, signals, handlers of tasks and of canvases, mails of the logging."""
