"""What watches workers or tasks, by name."""

from __future__ import annotations

__all__ = ["CODE", "PACKAGES", "SERVICES"]

PACKAGES = (
    "appsignal",
    "bugsnag",
    "celery-exporter",
    "celery-prometheus-exporter",
    "datadog",
    "ddtrace",
    "django-celery-results",
    "django-health-check",
    "django-prometheus",
    "elastic-apm",
    "flower",
    "honeybadger",
    "logfire",
    "newrelic",
    "opentelemetry-instrumentation-celery",
    "prometheus-client",
    "raven",
    "rollbar",
    "scout-apm",
    "sentry-sdk",
    "statsd",
)
"""Distributions that report tasks or their errors once they are set up, and those that keep results to look at."""

CODE = (
    "ddtrace",
    "elasticapm",
    "newrelic",
    "opentelemetry",
    "prometheus_client",
    "rollbar",
    "sentry_sdk",
    "statsd",
    "task_failure",
    "task_postrun",
    "task_success",
)
"""Words of code that reports: packages, and signals of Celery."""

SERVICES = (b"exporter", b"flower", b"newrelic-admin", b"ddtrace-run", b"opentelemetry-instrument")
"""Words of deployment files that start something of the kind."""
