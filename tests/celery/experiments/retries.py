"""Retries: what asks for one, what gets in its way, and what Celery makes of the options."""

from __future__ import annotations

from collections import Counter
from typing import Any

from celery.exceptions import MaxRetriesExceededError, Retry, SoftTimeLimitExceeded
from celery.signals import task_success
from celery.utils.time import rate
from laboratory import app, attempt, experiment, redis_app, wait_until, worker, worker_process

RUNS: Counter[str] = Counter()
SUCCEEDED: Counter[str] = Counter()
CAUGHT: list[str] = []
LIMITS = ["10/min", "10/d", "10 / m", "ten/s", "10/m", "10", 10]

limited = redis_app(8)


@limited.task(rate_limit="10/min", shared=False)
def too_often() -> None: ...


def fail(task: Any) -> None:
    RUNS[task.name.rpartition(".")[2]] += 1
    raise OSError("the network is down")


@app.task(bind=True, max_retries=2)
def swallowed(self: Any) -> str:
    try:
        fail(self)
    except OSError:
        try:
            self.retry(countdown=0)
        except Exception as error:
            CAUGHT.append(type(error).__name__)
    return "went on"


@app.task(bind=True, max_retries=2)
def swallowed_though_raised(self: Any) -> str:
    try:
        RUNS["swallowed_though_raised"] += 1
        raise self.retry(countdown=0)
    except Exception:
        return "went on"


@app.task(bind=True, max_retries=2)
def passed_on(self: Any) -> str:
    try:
        RUNS["passed_on"] += 1
        self.retry(countdown=0)
    except Retry:
        raise
    except Exception:
        return "went on"
    return "came here"


@app.task(bind=True, max_retries=2)
def given_as_argument(self: Any) -> None:
    try:
        fail(self)
    except OSError as error:
        self.retry(error, countdown=0)


@app.task(bind=True, max_retries=1)
def handler_with_exc(self: Any) -> str:
    try:
        fail(self)
    except OSError as error:
        try:
            self.retry(exc=error, countdown=0)
        except MaxRetriesExceededError:
            return "handled"
    return "came here"


@app.task(bind=True, max_retries=1)
def handler_without_exc(self: Any) -> str:
    try:
        fail(self)
    except OSError:
        try:
            self.retry(countdown=0)
        except MaxRetriesExceededError:
            return "handled"
    return "came here"


@app.task(bind=True, max_retries=5, default_retry_delay=0, retry_backoff=True)
def options_only(self: Any) -> None:
    fail(self)


@app.task(autoretry_for=(Exception,), default_retry_delay=0)
def retries_bugs() -> None:
    RUNS["retries_bugs"] += 1
    len(3)  # type: ignore[arg-type]


@app.task(autoretry_for=(Exception,), default_retry_delay=0)
def retries_slowness() -> None:
    RUNS["retries_slowness"] += 1
    raise SoftTimeLimitExceeded


@app.task(bind=True, autoretry_for=[OSError], max_retries=1, default_retry_delay=0)
def list_of_classes(self: Any) -> None:
    fail(self)


@app.task(bind=True, autoretry_for=("OSError",), default_retry_delay=0)
def names(self: Any) -> None:
    fail(self)


TASKS = (
    swallowed,
    swallowed_though_raised,
    passed_on,
    given_as_argument,
    handler_with_exc,
    handler_without_exc,
    options_only,
    retries_bugs,
    retries_slowness,
    list_of_classes,
    names,
)


@experiment
def runs() -> dict[str, Any]:
    """For each task: how often it ran, how often with success, and what its caller got, a value or "Type: message"."""

    def note(sender: Any, **_: Any) -> None:
        SUCCEEDED[sender.name.rpartition(".")[2]] += 1

    task_success.connect(note)
    with worker():
        sent = {task.name.rpartition(".")[2]: task.delay() for task in TASKS}
        got = {name: attempt(result.get, timeout=60) for name, result in sent.items()}
        wait_until(lambda: SUCCEEDED["swallowed"] == SUCCEEDED["swallowed_though_raised"] == 3, 30)
    task_success.disconnect(note)
    return {name: [RUNS[name], SUCCEEDED[name], got[name]] for name in sent}


@experiment
def caught() -> list[str]:
    """By the broad handler of `swallowed`."""
    return CAUGHT


@experiment
def one_class() -> Any:
    """A task whose `autoretry_for` is a class: what the first use of it gives."""

    @app.task(autoretry_for=OSError)
    def alone() -> None: ...

    return attempt(lambda: alone.name)


@experiment
def rates() -> list[Any]:
    return [attempt(rate, limit) for limit in LIMITS]


@experiment
def rate_limit_of_a_worker() -> list[Any]:
    """The task can be sent; the exit code of the worker, and the end of its log."""
    sent = too_often.delay()
    with worker_process("experiments.retries:limited", "-P", "solo") as (process, said):
        wait_until(lambda: process.poll() is not None, 60)
        code = process.poll()
        log = said().strip().splitlines()
    return [bool(sent.id), code, log[-1] if log else ""]
