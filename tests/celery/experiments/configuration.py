"""Which settings Celery reads, and from where."""

from __future__ import annotations

import subprocess
import sys
import warnings
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from celery import Celery
from celery.app.defaults import DEFAULTS
from celery.schedules import crontab
from django.conf import settings as django_settings
from django.utils import timezone
from laboratory import app as laboratory_app
from laboratory import attempt, experiment, redis_app

TAKEN_AS_AMQP = ("redis.invalid:6379/1", "redis:/redis.invalid")
BROKERS = {
    "no such transport": "reddis://redis.invalid",
    "hash": "amqp://shop:a#b@rabbit.invalid:5672//",
    "database by name": "redis://redis.invalid:6379/shop",
}
BACKENDS = {"no db+": "postgresql://db.invalid/results", "no certificates": "rediss://redis.invalid/1"}


def configured(namespace: str | None, **settings: Any) -> Celery:
    made = Celery("configured", set_as_current=False, fixups=[])
    made.config_from_object(SimpleNamespace(**settings), namespace=namespace)
    return made


@experiment
def namespaces() -> dict[str, list[Any]]:
    """The broker and the time limit of tasks, by how the settings are written and read."""
    prefixed = {"CELERY_BROKER_URL": "redis://redis.invalid:6379/0", "CELERY_TASK_TIME_LIMIT": 60}
    plain = {"BROKER_URL": "redis://redis.invalid:6379/0", "TASK_TIME_LIMIT": 60}
    apps = {
        "none": configured(None, **prefixed),
        "another": configured("QUEUE", **prefixed),
        "no prefix": configured("CELERY", **plain),
        "the same": configured("CELERY", **prefixed),
    }
    return {name: [app.connection().as_uri(), app.conf.task_time_limit] for name, app in apps.items()}


@experiment
def two_places() -> dict[str, Any]:
    """The value that holds, by where the app has its own."""
    theirs = SimpleNamespace(CELERY_BROKER_URL="redis://django.invalid:6379/0", CELERY_TASK_TIME_LIMIT=300)

    def made(**options: Any) -> Celery:
        app = Celery("two", set_as_current=False, fixups=[], **options)
        app.config_from_object(theirs, namespace="CELERY")
        return app

    keyword, assigned, updated = made(broker="redis://app.invalid:6379/0"), made(), made()
    assigned.conf.task_time_limit = 600
    updated.conf.update(task_time_limit=600)
    return {
        "keyword": keyword.connection().as_uri(),
        "assigned": assigned.conf.task_time_limit,
        "updated": updated.conf.task_time_limit,
    }


@experiment
def brokers_without_a_scheme() -> list[str]:
    """Where Celery goes instead."""
    apps = [Celery("goes", broker=url, set_as_current=False) for url in TAKEN_AS_AMQP]
    return [app.connection().as_uri() for app in apps]


@experiment
def brokers() -> dict[str, list[Any]]:
    """Exit code of a worker, and the last line that it writes."""
    runs = {
        name: subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "laboratory", "-b", url, "worker", "-P", "solo"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        for name, url in BROKERS.items()
    }
    said = {name: run.communicate(timeout=30)[1].strip().splitlines() for name, run in runs.items()}
    return {name: [run.returncode, said[name][-1]] for name, run in runs.items()}


@experiment
def backends() -> dict[str, str]:
    """What the first process that asks for a result gets."""

    def ask(url: str) -> Any:
        return Celery("asks", broker="memory://", backend=url, set_as_current=False).AsyncResult("1").state

    return {name: str(attempt(ask, url)).replace("\n", " ") for name, url in BACKENDS.items()}


@experiment
def newer_settings() -> dict[str, Any]:
    """Whether this release knows a setting and a transport option, and what is said about them."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        configured("CELERY", CELERY_WORKER_ENABLE_SOFT_SHUTDOWN_ON_IDLE=True).conf.table()
        made = redis_app(10, broker_transport_options={"unacked_restore_interval": 7})
        with made.connection() as connection:
            option = getattr(connection.default_channel, "unacked_restore_interval", None)
    known = "worker_enable_soft_shutdown_on_idle" in DEFAULTS
    return {"said": [str(each.message) for each in said], "setting": known, "option": option}


@experiment
def time_zones() -> dict[str, Any]:
    """Whether midnight has come for Celery half an hour after that of Madrid, and the date in Django's zone."""
    moment = datetime(2030, 7, 1, 22, 30, tzinfo=UTC)

    def midnight_has_come(zone: str) -> bool:
        app = configured("CELERY", CELERY_TIMEZONE=zone)
        now = moment.astimezone(app.timezone)
        schedule = crontab(hour=0, minute=0, nowfun=lambda: now, app=app)
        return bool(schedule.is_due(now - timedelta(hours=6)).is_due)

    return {
        "without its own": str(laboratory_app.timezone) == django_settings.TIME_ZONE,
        "midnight": [midnight_has_come(zone) for zone in ("Europe/Madrid", django_settings.TIME_ZONE)],
        "date": str(timezone.localdate(moment)),
    }
