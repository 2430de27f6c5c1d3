"""What Beat makes of a schedule."""

from __future__ import annotations

import time
from typing import Any

from celery import Celery
from celery.beat import Scheduler
from django_celery_beat.models import IntervalSchedule, PeriodicTask
from django_celery_beat.schedulers import DatabaseScheduler
from laboratory import attempt, experiment, redis_app, wait_until, worker

late = redis_app(9)
RUNS: list[str] = []


@late.task
def tick(name: str) -> None:
    RUNS.append(name)


@experiment
def given_a_result() -> list[Any]:
    app = Celery("given", set_as_current=False, broker="memory://")
    ran = []

    @app.task
    def once() -> None:
        ran.append("ran")

    return [attempt(lambda: app.add_periodic_task(10, once())), ran]


@experiment
def same_twice() -> dict[str, int]:
    def entries(**names: str) -> int:
        app = Celery("twice", set_as_current=False, broker="memory://")

        @app.task(name="remind")
        def remind(kind: str) -> None: ...

        app.finalize()
        app.add_periodic_task(10, remind.s("cart"), **names)
        app.add_periodic_task(60, remind.s("cart"), **names)
        return len(app.conf.beat_schedule)

    return {"signature": entries(), "name": entries(name="reminders")}


@experiment
def messages_of_a_night() -> list[str]:
    """Three of each entry wait; then a worker comes, when one kind has expired."""
    late.conf.beat_schedule = {
        "kept": {"task": tick.name, "schedule": 1, "args": ("kept",)},
        "gone": {"task": tick.name, "schedule": 1, "args": ("gone",), "options": {"expires": 0.5}},
    }
    scheduler = Scheduler(app=late)
    for name in ("kept", "gone"):
        for _ in range(3):
            scheduler.apply_async(scheduler.schedule[name], advance=False)
    time.sleep(1)
    with worker(late):
        wait_until(lambda: RUNS.count("kept") == 3)
        time.sleep(1)
    return sorted(RUNS)


@experiment
def does_not_wait_for_the_run_before() -> bool:
    """Whether a second message is sent while nobody has run the first."""
    app = redis_app(10, beat_schedule={"slow": {"task": "slow", "schedule": 0.2}})
    scheduler = Scheduler(app=app)
    with app.connection_for_read() as connection:
        waiting = connection.default_channel.client

        def sent() -> bool:
            scheduler.tick()
            return int(waiting.llen("celery")) > 1

        return wait_until(sent)


@experiment
def nobody_sends_without_beat() -> int:
    app = redis_app(11, beat_schedule={"tick": {"task": "tick", "schedule": 0.2}})
    with worker(app), app.connection_for_read() as connection:
        time.sleep(1)
        return int(connection.default_channel.client.llen("celery"))


@experiment
def a_schedule_beside_the_database() -> list[Any]:
    """The interval that is edited, then the one after the next start; and an entry that left the settings."""
    entry = {"task": "tick", "schedule": 60.0}
    app = Celery("database", set_as_current=False, broker="memory://")
    app.conf.beat_schedule = {"stays": entry, "leaves": entry}
    DatabaseScheduler(app=app)
    row = PeriodicTask.objects.get(name="stays")
    row.interval = IntervalSchedule.objects.create(every=5, period=IntervalSchedule.SECONDS)
    row.save()
    edited = PeriodicTask.objects.get(name="stays").interval.every
    app.conf.beat_schedule = {"stays": entry}
    again = DatabaseScheduler(app=app)
    after = PeriodicTask.objects.get(name="stays").interval.every
    return [edited, after, "leaves" in again.schedule]
