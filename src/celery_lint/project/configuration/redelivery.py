"""Brokers that send a message again when nobody has acknowledged it for a while, and what takes longer than that."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from celery_lint.knowledge.urls import CONSUMER_TIMEOUT, RABBITMQ, VISIBILITY_TIMEOUTS
from celery_lint.project.configuration.data import Datum
from celery_lint.project.values import Literal, Value

if TYPE_CHECKING:
    from celery_lint.project.configuration.configuration import Environment
    from celery_lint.project.tasks import Task

__all__ = ["Delay", "Patience", "consumer_patience", "delays", "patience"]

TIMEOUT_NAMES = (b"consumer_timeout", b"consumer-timeout")
DELAYED_BY_BROKER = (b"quorum", b"native_delayed_delivery")
""" "quorum" queues have a delay of RabbitMQ's own, in which no worker keeps the message."""


class Patience(Struct, frozen=True):
    """How many seconds a broker waits for an acknowledgement, and the setting that says so, else the broker's."""

    seconds: float
    datum: Datum


class Delay(Struct, frozen=True):
    """How many seconds a message may be unacknowledged, and because of what."""

    seconds: float
    what: str


def patience(environment: Environment) -> Patience | None:
    """That of Redis or SQS; None for other brokers, and where either is not known."""
    options = environment.setting("broker_transport_options")
    datum = options.datum
    given = datum.get("visibility_timeout") if datum is not None else None
    if given is not None:
        return Patience(given.number, given) if given.number is not None else None
    if options.is_set is not False and (datum is None or not datum.is_complete):
        return None
    broker = environment.setting("broker_url").datum
    seconds = VISIBILITY_TIMEOUTS.get(broker.prefix.partition(":")[0].lower()) if broker is not None else None
    return Patience(seconds, broker) if seconds is not None and broker is not None else None


def consumer_patience(environment: Environment) -> Patience | None:
    """That of RabbitMQ, which ends the channel of a consumer that takes longer; None for other brokers, where it is
    not known which, and where something in the tree speaks of the timeout or lets RabbitMQ delay messages."""
    broker = environment.setting("broker_url").datum
    if broker is None or broker.guard or broker.prefix.partition(":")[0].lower() not in RABBITMQ:
        return None
    project = environment.configuration.project
    signs = (*TIMEOUT_NAMES, *DELAYED_BY_BROKER)
    if any(project.sources.files_with_text(sign) or project.services.mentions(sign) for sign in signs):
        return None
    return Patience(CONSUMER_TIMEOUT, broker)


def delays(environment: Environment) -> Iterator[Delay]:
    """Time limits of tasks that are acknowledged late, countdowns, and the delays of tasks before they are retried."""
    late = environment.setting("task_acks_late").truth
    limit = environment.setting("task_time_limit").number
    if late and limit:
        yield Delay(limit, "the time limit of tasks that are acknowledged late")
    configuration = environment.configuration
    for task in configuration.tasks:
        own = task.inherited_option("acks_late")
        acknowledged_late = bool(own.value) if isinstance(own, Literal) else late and own is None
        found = seconds(task.inherited_option("time_limit"))
        if found is not None and acknowledged_late:
            yield Delay(found, f"the time limit of `{name_of(task)}`, which is acknowledged late")
        found = seconds(task.inherited_option("default_retry_delay"))
        if found is not None:
            yield Delay(found, f"the delay before `{name_of(task)}` is retried")
    mine = {(task.path, task.value.scope) for task in configuration.tasks}
    for message in configuration.project.messages:
        if (message.task.path, message.task.value.scope) not in mine or not message.options_reach_celery:
            continue
        option = message.given.option("countdown")
        found = seconds(message.value(option)) if option is not None else None
        if found is not None and environment.configuration.project.scope(message.path) == "production":
            yield Delay(found, f"the countdown in {message.path}:{message.location.line}")


def seconds(value: Value | None) -> float | None:
    number = value.value if isinstance(value, Literal) else None
    return float(number) if isinstance(number, int | float) and not isinstance(number, bool) else None


def name_of(task: Task) -> str:
    return task.evaluator.program.view(task.path).facts.scopes[task.value.scope].name
