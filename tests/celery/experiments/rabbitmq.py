"""How long RabbitMQ lets a worker keep a message (here five seconds), and how often it delivers one."""

from __future__ import annotations

import os
import signal
import time
from contextlib import ExitStack
from typing import Any

from celery import Celery
from celery.app.defaults import DEFAULTS
from kombu import Queue
from laboratory import experiment, wait_until, worker_process
from redis import Redis

COMPLAINT = "PRECONDITION_FAILED - delivery acknowledgement on channel 1 timed out"


def rabbit_app(**settings: Any) -> Celery:
    made = Celery("laboratory", broker=os.environ["LABORATORY_RABBITMQ"], set_as_current=False)
    made.conf.update(broker_connection_retry_on_startup=True, **settings)
    return made


def quorum_app(name: str, exchange_type: str) -> Celery:
    """An app whose default queue is a quorum queue of that name, where Celery knows the setting."""
    return rabbit_app(
        task_default_queue=name,
        task_default_queue_type="quorum",
        task_default_exchange=name,
        task_default_exchange_type=exchange_type,
    )


lab = rabbit_app()
counting = rabbit_app(
    task_queues=[Queue("counted", queue_arguments={"x-queue-type": "quorum", "x-delivery-limit": 2})],
    task_default_queue="counted",
)
direct = quorum_app("direct", "direct")
topic = quorum_app("topic", "topic")
KNOWS_QUEUE_TYPES = "task_default_queue_type" in DEFAULTS


@lab.task
def early() -> None:
    time.sleep(12)


@lab.task(acks_late=True)
def late() -> None:
    time.sleep(12)


@direct.task(name="remind")
def remind_by_direct() -> None: ...


@topic.task(name="remind")
def remind_by_topic() -> None: ...


@counting.task(acks_late=True, reject_on_worker_lost=True)
def kills_its_process() -> None:
    STARTS.incr("starts")
    os.kill(os.getpid(), signal.SIGKILL)


STARTS = Redis.from_url(os.environ["LABORATORY_REDIS"])
SENDS = {
    "early": ("lab", lambda: early.apply_async(queue="early")),
    "late": ("lab", lambda: late.apply_async(queue="late")),
    "delayed": ("lab", lambda: early.apply_async(queue="delayed", countdown=120)),
}
QUORUM_SENDS = {
    "direct": ("direct", lambda: remind_by_direct.apply_async(countdown=120)),
    "topic": ("topic", lambda: remind_by_topic.apply_async(countdown=120)),
}
SENT_BACK = ("late", "delayed", "direct")


def forget(*queues: str) -> None:
    """The releases share a server, one after the other."""
    with lab.connection_for_write() as link:
        for queue in queues:
            link.default_channel.queue_delete(queue)


def run_for(queue: str) -> tuple[str, ...]:
    """What a worker of that queue is started with. A worker with threads may wait for one of them as it ends, and the
    solo pool acknowledges early only when the task has run."""
    return ("-P", "solo" if queue == "late" else "threads", "-c", "1", "-l", "INFO", "-Q", queue)


def waiting(queue: str) -> int:
    """Messages that nobody has taken."""
    with lab.connection_for_read() as link:
        return int(link.default_channel.queue_declare(queue, passive=True).message_count)


@experiment
def kept_too_long() -> dict[str, list[Any]]:
    """By queue, and so by what its worker keeps: whether the worker got the message, whether RabbitMQ complained, how
    the worker ended (None: it lives), and how many messages wait for another one."""
    sends = {**SENDS, **(QUORUM_SENDS if KNOWS_QUEUE_TYPES else {})}
    forget(*sends)
    with ExitStack() as stack:
        workers = {
            queue: stack.enter_context(worker_process(f"experiments.rabbitmq:{app}", *run_for(queue)))
            for queue, (app, _) in sends.items()
        }
        wait_until(lambda: all(" ready." in said() for _, said in workers.values()), 30)
        for _, send in sends.values():
            send()
        ending = [workers[queue][0] for queue in SENT_BACK if queue in workers]
        wait_until(lambda: all(process.poll() is not None for process in ending), 90)
        return {
            queue: [" received" in said(), COMPLAINT in said(), process.poll(), waiting(queue)]
            for queue, (process, said) in workers.items()
        }


@experiment
def deliveries() -> list[int]:
    """How often a task is started that kills its process each time, where RabbitMQ may deliver it twice again; and how
    many messages are left. Nothing where Celery cannot read from a quorum queue."""
    if not KNOWS_QUEUE_TYPES:
        return []
    forget("counted")
    with worker_process("experiments.rabbitmq:counting", "-P", "prefork", "-c", "1", "-l", "INFO") as (_, said):
        wait_until(lambda: " ready." in said(), 30)
        kills_its_process.delay()
        wait_until(lambda: int(STARTS.get("starts") or 0) == 3, 30)
        time.sleep(2)
        return [int(STARTS.get("starts") or 0), waiting("counted")]
