"""What becomes of results: whether an environment stores them, and where."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from celery_lint.project.configuration.data import Datum

if TYPE_CHECKING:
    from celery_lint.project.configuration.configuration import Environment
    from celery_lint.project.services import WorkerCommand

__all__ = ["kind_of_backend", "result_store"]

VARIABLE = "CELERY_RESULT_BACKEND"
"""Celery itself reads it, before any setting."""

NOT_STORED = ("rpc", "disabled", "cache+memory", "amqp")

KINDS = {"rpc": "rpc", "file": "file", **dict.fromkeys(("db", "database", "django-db"), "database")}
"""By the first word of a backend's URL or name."""


def result_store(environment: Environment) -> Datum | None:
    """The setting of a backend that keeps results, unless all results are ignored.

    A backend whose value only the environment gives counts: nobody sets one to store nothing.
    """
    if environment.setting("task_ignore_result").truth:
        return None
    for option in environment.setting("result_backend").options:
        if not option.is_none and option.text != "" and not option.prefix.startswith(NOT_STORED):
            return option
    return None


def kind_of_backend(environments: Iterable[Environment], workers: Iterable[WorkerCommand]) -> str:
    """ "none" where certainly no environment has a result backend; "rpc", "database" or "file" where each has that;
    else ""."""
    if any(worker.has("result_backend") is not False or VARIABLE in worker.service.variables for worker in workers):
        return ""
    found = {kind_in(environment) for environment in environments}
    return found.pop() if len(found) == 1 else ""


def kind_in(environment: Environment) -> str:
    backend = environment.setting("result_backend")
    if backend.is_set is False:
        return "none"
    datum = backend.datum
    if datum is None or not datum.is_known or datum.guard or datum.variable:
        return ""
    if datum.is_none or datum.text in ("", "disabled", "disabled://"):
        return "none"
    return KINDS.get(datum.prefix.partition(":")[0].partition("+")[0], "")
