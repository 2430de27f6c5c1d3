"""What Beat and the worker make of a schedule, from the crontab to the message."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

from celery import Celery
from celery.beat import Scheduler
from celery.schedules import crontab
from django_celery_beat.models import CrontabSchedule, PeriodicTask
from django_celery_beat.schedulers import DatabaseScheduler
from laboratory import attempt, experiment, redis_app, wait_until, worker

lab = redis_app(3)
MONTH = [datetime(2026, 2, 1, tzinfo=UTC) + timedelta(hours=hour) for hour in range(28 * 24)]
"""The hours of a month whose 13th is a Friday."""


@lab.task(shared=False)
def report(day: str) -> None: ...


def due(schedule: crontab, moment: datetime) -> bool:
    """Whether it fires at that minute, when it last did the minute before."""
    schedule.nowfun = lambda: moment
    return bool(schedule.is_due(moment - timedelta(minutes=1)).is_due)


def minutes(**fields: Any) -> list[int]:
    """The minutes of five o'clock."""
    schedule = crontab(**fields, app=lab)
    five = datetime(2026, 2, 2, 5, tzinfo=UTC)
    return [minute for minute in range(60) if due(schedule, five + timedelta(minutes=minute))]


def hours(**fields: Any) -> list[tuple[int, int]]:
    """Day and hour, for each full hour of the month."""
    schedule = crontab(minute=0, **fields, app=lab)
    return [(moment.day, moment.hour) for moment in MONTH if due(schedule, moment)]


def with_entry(**entry: Any) -> Scheduler:
    app = redis_app(4, beat_schedule={"report": entry})

    @app.task(name="report", shared=False)
    def report(day: str) -> None: ...

    app.finalize()
    return Scheduler(app=app)


def sent(**entry: Any) -> Any:
    """What Beat says when it sends the entry, without the name of the message."""
    scheduler = with_entry(schedule=60, **entry)
    return attempt(lambda: bool(scheduler.apply_async(scheduler.schedule["report"], advance=False)))


@experiment
def no_minute() -> dict[str, int]:
    return {
        "hour": len(minutes(hour=5)),
        "hour and minute": len(minutes(hour=5, minute=0)),
        "day": len(minutes(day_of_week="mon")),
        "hours of that day": len(hours(day_of_week="mon")) // 4,
    }


@experiment
def steps() -> dict[str, list[int]]:
    seen = {step: minutes(minute=step) for step in ("*/7", "*/45", "*/90")}
    return seen | {"hours": [hour for day, hour in hours(hour="*/5") if day == 1]}


@experiment
def both_days() -> list[tuple[int, int]]:
    return hours(hour=0, day_of_month="13", day_of_week="fri")


@experiment
def refused() -> dict[str, Any]:
    mistakes: dict[str, dict[str, Any]] = {
        "range": {"hour": 24},
        "text out of range": {"day_of_week": "7"},
        "zero step": {"minute": "*/0"},
        "no such day": {"day_of_month": "0-5"},
        "no such word": {"day_of_month": "L"},
        "no such field": {"minutes": 5},
    }
    lines = {name: attempt(crontab, **fields) for name, fields in mistakes.items()}
    return lines | {"line of a crontab": attempt(crontab, "0 5 * * *")}


@experiment
def entries_refused() -> dict[str, Any]:
    def look(**entry: Any) -> float:
        return with_entry(task="report", **entry).tick()

    return {"text": attempt(look, schedule="30"), "none": attempt(look)}


@experiment
def pause_after_an_interval_of_zero() -> list[float]:
    """Seconds that Beat waits between its looks."""
    scheduler = with_entry(task="report", schedule=0, args=("today",))
    return [scheduler.tick() for _ in range(5)]


@experiment
def row_refused() -> dict[str, Any]:
    """What the row says, and the rows that Beat knows."""
    never = CrontabSchedule.objects.create(minute="60")
    hourly = CrontabSchedule.objects.create(minute="0")
    PeriodicTask.objects.create(name="never", task="report", crontab=never)
    PeriodicTask.objects.create(name="hourly", task="report", crontab=hourly)
    known = DatabaseScheduler(app=Celery("rows", set_as_current=False, broker="memory://")).schedule
    return {"row": attempt(lambda: never.schedule), "known": [name for name in ("never", "hourly") if name in known]}


@experiment
def arguments() -> dict[str, Any]:
    return {
        "fits": sent(task="report", args=("today",)),
        "number": sent(task="report", args=1),
        "text": sent(task="report", args="abc"),
        "missing": sent(task="report"),
        "unknown": sent(task="report", kwargs={"dya": "today"}),
    }


@experiment
def arguments_that_the_worker_refuses() -> Any:
    """Beat knows no task of that name, so it cannot look."""
    other = redis_app(3, beat_schedule={"report": {"task": report.name, "schedule": 60, "args": (1, 2)}})
    scheduler = Scheduler(app=other)
    result = scheduler.apply_async(scheduler.schedule["report"], advance=False)
    with worker(lab):
        return attempt(lab.AsyncResult(result.id).get, timeout=10)


@experiment
def unknown_name() -> dict[str, Any]:
    """What Beat says, what the worker says, and how many messages are left for another try."""
    lines: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(record.getMessage())  # type: ignore[method-assign]
    logger = logging.getLogger("celery.worker.consumer.consumer")
    logger.setLevel(logging.ERROR)
    logger.addHandler(handler)
    of = redis_app(4)
    with of.connection_for_read() as link:
        redis = link.default_channel.client
        redis.delete("celery")
        said = [sent(task="shop.tasks.reports") for _ in range(2)]
        waiting = redis.llen("celery")
        with worker(of):
            told = wait_until(lambda: any("Received unregistered task" in line for line in lines), 10)
            wait_until(lambda: not redis.hlen("unacked"), 5)
        left = redis.llen("celery") + redis.hlen("unacked")
    logger.removeHandler(handler)
    return {"beat": said, "waiting": waiting, "told": told, "left": left}


@experiment
def a_task_for_a_name() -> Any:
    return sent(task=report, args=("today",))
