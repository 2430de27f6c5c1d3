"""What the linker must know of Celery's Python API. Names are dotted import paths."""

from __future__ import annotations

__all__ = [
    "APPS",
    "CANVAS",
    "COMMIT_METHODS",
    "CURRENT_APPS",
    "CURRENT_TASKS",
    "DEFAULT_RETRY_DELAY",
    "DJANGO_SETTINGS",
    "DJANGO_TASK",
    "EAGER_SETTINGS",
    "EVERY_EXCEPTION",
    "LONGEST_BACKOFF",
    "MAX_RETRIES_EXCEEDED",
    "OLD_EAGER_SETTING",
    "OLD_NAMES_IN_NAMESPACE",
    "OPTIONS_READ_ONCE",
    "PLAIN_APPS",
    "PLAIN_TASK",
    "RETRY_BASES",
    "SEND_METHODS",
    "SIGNATURE_METHODS",
    "SOFT_LIMIT_EXCEEDED",
    "TASK_BASES",
    "TASK_DECORATORS",
]

PLAIN_APPS = frozenset({"celery.Celery", "celery.app.Celery", "celery.app.base.Celery"})
APPS = PLAIN_APPS | {"tenant_schemas_celery.app.CeleryApp"}
"""Celery's app class, and those that packages make of it, whose tasks are of a class of theirs."""
CURRENT_APPS = frozenset({"celery.current_app", "celery._state.current_app", "celery.app.default_app"})

DJANGO_SETTINGS = ("django.conf:settings", "django.conf.settings")
"""How an app is told to read Django's settings."""

TASK_DECORATORS = frozenset(
    {
        "celery.shared_task",
        "celery.app.shared_task",
        "celery.decorators.task",
        "celery.decorators.periodic_task",
        "celery.task",
        "celery.task.base.periodic_task",
        "celery.task.periodic_task",
        "celery.task.task",
        "djcelery.task",
    }
)

PLAIN_TASK = frozenset({"celery.Task", "celery.app.Task", "celery.app.task.Task"})
"""Celery's own class, which has no `delay_on_commit`; an app's `app.Task` is written `celery.current_app.Task`."""

DJANGO_TASK = frozenset({"celery.contrib.django.task.DjangoTask"})

TASK_BASES = (
    frozenset(
        {
            "celery.Task",
            "celery.app.Task",
            "celery.app.task.Task",
            "celery.task.Task",
            "celery.task.base.Task",
        }
    )
    | frozenset({"celery.current_app.Task"})
    | DJANGO_TASK
)

SEND_METHODS = frozenset({"delay", "apply_async"})
COMMIT_METHODS = frozenset({"delay_on_commit", "apply_async_on_commit"})
SIGNATURE_METHODS = frozenset({"s", "si", "subtask", "signature", "subtask_from_request", "signature_from_request"})

CANVAS = {
    "celery.chain": "chain",
    "celery.chord": "chord",
    "celery.group": "group",
    "celery.signature": "signature",
    "celery.subtask": "signature",
    "celery.maybe_signature": "signature",
    "celery.canvas.chain": "chain",
    "celery.canvas.chord": "chord",
    "celery.canvas.group": "group",
    "celery.canvas.signature": "signature",
    "celery.canvas.Signature": "signature",
    "celery.canvas.maybe_signature": "signature",
}

OLD_EAGER_SETTING = "CELERY_ALWAYS_EAGER"
EAGER_SETTINGS = frozenset({"CELERY_TASK_ALWAYS_EAGER", OLD_EAGER_SETTING, "task_always_eager"})
OLD_NAMES_IN_NAMESPACE = (5, 7)
"""The first release that reads names of the time before Celery 4 where the app has a namespace."""

OPTIONS_READ_ONCE = {
    "task_serializer": "serializer",
    "task_default_rate_limit": "rate_limit",
    "task_default_priority": "priority",
    "task_track_started": "track_started",
    "task_acks_late": "acks_late",
    "task_acks_on_failure_or_timeout": "acks_on_failure_or_timeout",
    "task_reject_on_worker_lost": "reject_on_worker_lost",
    "task_ignore_result": "ignore_result",
    "task_store_eager_result": "store_eager_result",
    "task_store_errors_even_if_ignored": "store_errors_even_if_ignored",
}
"""Settings that a task takes over when the app binds it → the attribute that it then has (`Task.from_config`)."""

RETRY_BASES = frozenset(
    {
        "builtins.BaseException",
        "builtins.Exception",
        "celery.exceptions.Retry",
        "celery.exceptions.TaskPredicate",
        "celery.exceptions.CeleryError",
    }
)
"""What catches the `Retry` that `Task.retry` raises."""

CURRENT_TASKS = frozenset({"celery._state.current_task.retry", "celery.current_task.retry"})
"""`retry` of the task that runs; there is none outside a worker."""

DEFAULT_RETRY_DELAY = 180.0
"""`Task.default_retry_delay`, in seconds."""

LONGEST_BACKOFF = 600.0
"""`Task.retry_backoff_max`: the seconds at which growing delays end unless a task says otherwise."""

EVERY_EXCEPTION = frozenset({"builtins.BaseException", "builtins.Exception"})
"""What almost every exception is one of, those that Celery raises in a task among them."""

SOFT_LIMIT_EXCEEDED = frozenset(
    {"billiard.exceptions.SoftTimeLimitExceeded", "celery.exceptions.SoftTimeLimitExceeded"}
)
"""What a soft time limit raises, once, wherever the task is."""

MAX_RETRIES_EXCEEDED = frozenset({"celery.exceptions.MaxRetriesExceededError"})
"""What `Task.retry` raises when it may not retry any more and was given no exception."""
