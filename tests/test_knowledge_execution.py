"""The execution options are those of the installed Celery and kombu."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import kombu
import pytest
from celery import Celery
from celery.app.amqp import AMQP
from celery.app.task import Task
from celery.canvas import Signature

from celery_lint.knowledge import execution


def names(function: Callable[..., Any]) -> tuple[str, ...]:
    plain = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    parameters = inspect.signature(function).parameters.values()
    return tuple(p.name for p in parameters if p.kind in plain and p.name != "self")


def test_parameters_by_position() -> None:
    assert names(Task.apply_async) == execution.APPLY_ASYNC_PARAMETERS
    assert names(Task.retry) == execution.RETRY_PARAMETERS
    assert names(Signature.__init__)[1:] == execution.SIGNATURE_PARAMETERS
    sent = names(Celery.send_task)[: len(execution.SEND_TASK_PARAMETERS)]
    assert sent == execution.SEND_TASK_PARAMETERS


@pytest.mark.parametrize("function", [Task.apply_async, Celery.send_task, AMQP.as_task_v2, kombu.Producer.publish])
def test_every_option_is_known(function: Callable[..., Any]) -> None:
    assert set() == set(names(function)) - execution.EXECUTION_OPTIONS - {"body", "name"}


def test_every_option_of_the_sender_is_known() -> None:
    sender = Celery(broker="memory://").amqp.send_task_message
    assert set() == set(names(sender)) - execution.EXECUTION_OPTIONS - {"name", "message"}


def test_retry_policy() -> None:
    assert set(names(kombu.Connection.ensure)) - {"obj", "fun"} == execution.RETRY_POLICY


def test_suggested_options_are_options() -> None:
    assert set() == execution.EFFECTIVE_OPTIONS - execution.EXECUTION_OPTIONS
    assert set() == execution.FREE_OPTIONS - execution.EXECUTION_OPTIONS
