"""What becomes of results: whether an environment stores them, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from celery_lint.project.configuration.data import Datum

if TYPE_CHECKING:
    from celery_lint.project.configuration.configuration import Environment

__all__ = ["result_store"]

NOT_STORED = ("rpc", "disabled", "cache+memory", "amqp")


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
