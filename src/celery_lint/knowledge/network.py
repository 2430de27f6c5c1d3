"""What is raised when another host does not answer, and what talks to one. Names are dotted import paths."""

from __future__ import annotations

from celery_lint.knowledge.blocking import REQUEST_METHODS, REQUESTS, SESSIONS

__all__ = ["CALLS", "CLIENTS", "CLIENT_METHODS", "is_network_error"]

ERRORS = frozenset(
    {
        "builtins.BrokenPipeError",
        "builtins.ConnectionAbortedError",
        "builtins.ConnectionError",
        "builtins.ConnectionRefusedError",
        "builtins.ConnectionResetError",
        "builtins.TimeoutError",
        "socket.error",
        "socket.gaierror",
        "socket.timeout",
    }
)

PACKAGES = frozenset(
    {
        "aiohttp",
        "botocore",
        "ftplib",
        "google.api_core.exceptions",
        "googleapiclient.errors",
        "httpx",
        "imaplib",
        "requests",
        "slack_sdk.errors",
        "smtplib",
        "stripe.error",
        "twilio.base.exceptions",
        "urllib.error",
        "urllib3.exceptions",
    }
)
"""Packages and modules that speak to other hosts, and whose exceptions say that this went wrong."""

CLIENTS = SESSIONS | {"httpx.AsyncClient", "httpx.Client"}
"""Objects whose request methods ask another host."""

CLIENT_METHODS = frozenset(REQUEST_METHODS)

CALLS = frozenset(REQUESTS) | {f"httpx.{name}" for name in (*REQUEST_METHODS, "stream")}


def is_network_error(name: str) -> bool:
    """Whether an exception class tells of another host that did not answer as it should."""
    return name in ERRORS or any(name.startswith(f"{package}.") for package in PACKAGES)
