"""What Celery's task decorators take, what a task has, and which ways to make one are gone."""

from __future__ import annotations

__all__ = [
    "ASYNC_POOLS",
    "MEANT",
    "PLAIN_FUNCTION_MAKERS",
    "REMOVED",
    "REPLACED",
    "TASK_ATTRIBUTES",
    "TASK_METHODS",
    "TASK_OPTIONS",
]

ASYNC_POOLS = ("celery-aio-pool", "celery-pool-asyncio", "aio-celery")
"""Packages that bring a worker pool which awaits coroutine functions."""

TASK_METHODS = ("retry", "update_state", "replace", "add_to_chord", "send_event", "add_trail")
"""What a task's body calls on the task itself."""

TASK_ATTRIBUTES = frozenset({*TASK_METHODS, "request", "name", "app", "backend", "max_retries", "AsyncResult"})

TASK_OPTIONS = frozenset(
    {
        "abstract",
        "acks_late",
        "acks_on_failure",
        "acks_on_failure_or_timeout",
        "acks_on_timeout",
        "after_return",
        "app",
        "autoretry_for",
        "backend",
        "base",
        "before_start",
        "bind",
        "compression",
        "countdown",
        "default_retry_delay",
        "delivery_mode",
        "dont_autoretry_for",
        "exchange",
        "exchange_type",
        "expires",
        "filter",
        "from_config",
        "ignore_result",
        "lazy",
        "max_retries",
        "name",
        "on_failure",
        "on_replace",
        "on_retry",
        "on_success",
        "options",
        "priority",
        "publisher",
        "pydantic",
        "pydantic_context",
        "pydantic_dump_kwargs",
        "pydantic_strict",
        "queue",
        "rate_limit",
        "reject_on_worker_lost",
        "request_stack",
        "resultrepr_maxsize",
        "retry_backoff",
        "retry_backoff_max",
        "retry_jitter",
        "retry_kwargs",
        "retry_on_worker_lost",
        "routing_key",
        "run_every",
        "send_error_emails",
        "send_events",
        "serializer",
        "shadow_name",
        "shared",
        "soft_time_limit",
        "store_eager_result",
        "store_errors_even_if_ignored",
        "Strategy",
        "throws",
        "time_limit",
        "track_started",
        "trail",
        "typing",
    }
)
"""Attributes of `celery.app.task.Task` and parameters of `Celery.task`, of Celery 4.4 to 5.7. The options that
`apply_async` takes from the task (`queue`, `routing_key`, …) are among them."""

MEANT = {
    "acks": "acks_late",
    "ack_late": "acks_late",
    "auto_retry": "autoretry_for",
    "auto_retry_for": "autoretry_for",
    "autoretry": "autoretry_for",
    "backoff": "retry_backoff",
    "backoff_max": "retry_backoff_max",
    "ignore_results": "ignore_result",
    "jitter": "retry_jitter",
    "max_retry": "max_retries",
    "retries": "max_retries",
    "retry_delay": "default_retry_delay",
    "retry_for": "autoretry_for",
    "retry_max": "max_retries",
    "soft_limit": "soft_time_limit",
    "task_name": "name",
    "time_limit_soft": "soft_time_limit",
    "timeout": "time_limit",
}
"""Names that look like an option and are none, and the option."""

PLAIN_FUNCTION_MAKERS = frozenset(
    {
        "django.db.transaction.atomic",
        "functools.cache",
        "functools.lru_cache",
        "asgiref.sync.async_to_sync",
        "asgiref.sync.sync_to_async",
    }
)
"""Decorators of packages that give a function without a task's methods, whatever they are given."""

REMOVED = {
    "celery.task": (5, 0),
    "celery.decorators": (5, 0),
    "celery.contrib.methods": (4, 0),
    "celery.contrib.batches": (4, 0),
    "celery.five": (5, 1),
    "celery.utils.encoding": (5, 0),
    "celery.utils.timeutils": (4, 0),
    "celery.utils.gen_unique_id": (5, 0),
    "celery.backends.amqp": (5, 0),
    "celery.periodic_task": (3, 0),
    "celery.TaskSet": (4, 0),
    "djcelery": (4, 0),
}
"""Modules and names that Celery had, and the version that no longer has them. `djcelery` was a package for Celery 3."""

REPLACED = {
    "celery.decorators.task": ("celery", "shared_task"),
    "celery.task": ("celery", "shared_task"),
    "celery.task.Task": ("celery", "Task"),
    "celery.task.base.Task": ("celery", "Task"),
    "celery.task.control.inspect": ("celery.app.control", "Inspect"),
    "celery.task.schedules.crontab": ("celery.schedules", "crontab"),
    "celery.task.task": ("celery", "shared_task"),
    "celery.utils.gen_unique_id": ("celery.utils", "uuid"),
}
"""What took the place of some of them: module and name."""
