"""What Celery makes of settings."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

from celery import Celery
from celery.concurrency.prefork import TaskPool
from kombu import Queue
from kombu.serialization import loads, prepare_accept_content
from laboratory import attempt, experiment, redis_app, wait_until, worker

TOUCHED: list[str] = []


def touch(what: str) -> None:
    TOUCHED.append(what)


class Bomb:
    def __reduce__(self) -> Any:
        return touch, ("read",)


def configured(**settings: Any) -> Celery:
    """An app that reads these settings as Django's, under the namespace CELERY."""
    made = Celery("configured", set_as_current=False, fixups=[])
    made.config_from_object(SimpleNamespace(**settings), namespace="CELERY")
    return made


def python_says(program: str, **variables: str) -> str:
    """The last line that a Python of its own writes to its standard error."""
    done = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, **variables}, capture_output=True, text=True
    )
    return (done.stderr.strip().splitlines() or ["nothing"])[-1]


@experiment
def misspelt() -> list[Any]:
    made = configured(CELERY_RESULT_EXPIRE=60, CELERY_TASK_ACK_LATE=True)
    return [made.conf.result_expires.total_seconds(), made.conf.task_acks_late]


@experiment
def misspelt_in_part() -> list[Any]:
    given = {"CELERY_SOFT_TIME_LIMIT": 9, "CELERY_EAGER_PROPAGATES": True, "CELEY_TASK_TRACK_STARTED": True}
    conf = configured(**given, CELERY_IGNORE_RESULTS=True, CELERYD_SEND_EVENTS=True).conf
    eager = [conf.task_soft_time_limit, conf.task_eager_propagates]
    return [*eager, conf.task_track_started, conf.task_ignore_result, conf.worker_send_task_events]


@experiment
def old_names() -> list[Any]:
    made = configured(CELERY_ALWAYS_EAGER=True, CELERY_ACKS_LATE=True, BROKER_URL="memory://old")
    return [bool(made.conf.task_always_eager), bool(made.conf.task_acks_late), made.conf.broker_url == "memory://old"]


@experiment
def text_for_a_boolean() -> list[Any]:
    made = configured(CELERY_TASK_ALWAYS_EAGER="False")
    return [made.conf.task_always_eager, bool(made.conf.task_always_eager)]


@experiment
def text_in_the_environment() -> Any:
    """An eager task, because the variable says that it should not be."""
    os.environ["EAGER"] = "False"
    made = configured(CELERY_TASK_ALWAYS_EAGER=os.environ["EAGER"], CELERY_BROKER_URL="memory://")

    @made.task
    def t() -> int:
        return 5

    return attempt(lambda: type(t.delay()).__name__)


@experiment
def text_for_a_list() -> Any:
    return attempt(prepare_accept_content, "json")


@experiment
def text_for_a_number() -> Any:
    made = Celery("numbers", broker="memory://", set_as_current=False)
    return attempt(TaskPool(1, app=made, maxtasksperchild="10").start)


@experiment
def results_stay() -> dict[str, int]:
    """The seconds that Redis keeps a result; -1 is for ever."""
    seen = {}
    for name, settings in {"default": {}, "none": {"result_expires": None}, "zero": {"result_expires": 0}}.items():
        made = redis_app(1, **settings)
        made.backend.store_result(name, 5, "SUCCESS")
        seen[name] = made.backend.client.ttl(made.backend.get_key_for_task(name))
    return seen


@experiment
def pickle_runs_what_it_says() -> list[Any]:
    body = pickle.dumps(Bomb())
    refused = attempt(loads, body, "application/x-python-serialize", "binary", accept={"application/json"})
    before = list(TOUCHED)
    loads(body, "application/x-python-serialize", "binary", accept={"application/x-python-serialize"})
    return [refused, before, list(TOUCHED)]


@experiment
def result_in_another_content() -> str:
    made = redis_app(2, result_serializer="pickle")
    made.backend.store_result("other", 5, "SUCCESS")
    return str(attempt(made.AsyncResult("other").get, timeout=5))


@experiment
def message_in_another_content() -> list[Any]:
    made = redis_app(3, task_serializer="pickle")

    @made.task(name="t")
    def t() -> None:
        TOUCHED.append("ran")

    TOUCHED.clear()
    with worker(made):
        sent = t.delay()
        gone = wait_until(lambda: not made.backend.client.llen("celery"), 5)
        wait_until(sent.ready, 1)
    return [gone, sent.state, list(TOUCHED)]


@experiment
def models_without_their_app() -> dict[str, str]:
    program = "import django; from django.conf import settings; settings.configure({}); django.setup(); import {}"
    installed = "INSTALLED_APPS=['django.contrib.contenttypes']"
    modules = ("django_celery_results.models", "django_celery_beat.models")
    return {module: python_says(program.format(installed, module)) for module in modules}


@experiment
def misspelt_transport_option() -> list[int]:
    seen = []
    for option in ("visiblity_timeout", "visibility_timeout"):
        made = redis_app(4, broker_transport_options={option: 60})
        with made.connection() as connection:
            seen.append(connection.default_channel.visibility_timeout)
    return seen


@experiment
def queues_without_the_default_one() -> list[Any]:
    made = redis_app(5, task_queues=[Queue("only")])

    @made.task(name="t")
    def t() -> None: ...

    consumed = list(made.amqp.queues.consume_from)
    t.delay()
    with made.connection() as connection:
        waiting = connection.default_channel.client.llen("celery")
    return [waiting, consumed, made.conf.task_default_queue]


@experiment
def memory_belongs_to_a_process() -> list[int]:
    """How many messages there are where one was sent, and in a process beside it."""
    program = """
import sys
from celery import Celery
app = Celery("alone", broker="memory://")
if sys.argv[1] == "send":
    app.send_task("t")
with app.connection() as connection:
    channel = connection.default_channel
    sys.exit(channel._size("celery") if channel._has_queue("celery") else 0)
"""
    return [subprocess.run([sys.executable, "-c", program, what]).returncode for what in ("send", "look")]
