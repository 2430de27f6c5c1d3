"""The options a message can be sent with, as the signatures of Celery 5.4 to 5.7, kombu and AMQP name them."""

from __future__ import annotations

__all__ = [
    "APPLY_ASYNC_PARAMETERS",
    "EFFECTIVE_OPTIONS",
    "EXECUTION_OPTIONS",
    "FREE_OPTIONS",
    "ONLY_OPTIONS",
    "RETRY_PARAMETERS",
    "RETRY_POLICY",
    "SEND_TASK_PARAMETERS",
    "SIGNATURE_PARAMETERS",
]

APPLY_ASYNC_PARAMETERS = ("args", "kwargs", "task_id", "producer", "link", "link_error", "shadow")
"""`celery.app.task.Task.apply_async`, in order."""

RETRY_PARAMETERS = ("args", "kwargs", "exc", "throw", "eta", "countdown", "max_retries")
"""`celery.app.task.Task.retry`, in order."""

SEND_TASK_PARAMETERS = ("name", "args", "kwargs", "countdown", "eta", "task_id", "producer", "connection", "router")
"""The first of `celery.Celery.send_task`, in order; nobody gives more of them by position."""

SIGNATURE_PARAMETERS = ("args", "kwargs", "options", "type", "subtask_type", "immutable", "app")
"""`celery.canvas.Signature`, in order, behind the task."""

TASK_MESSAGE = frozenset(
    {
        "args",
        "kwargs",
        "countdown",
        "eta",
        "expires",
        "task_id",
        "producer",
        "publisher",
        "connection",
        "router",
        "route_name",
        "result_cls",
        "link",
        "link_error",
        "add_to_parent",
        "group_id",
        "group_index",
        "retries",
        "chord",
        "chain",
        "reply_to",
        "time_limit",
        "soft_time_limit",
        "root_id",
        "parent_id",
        "shadow",
        "task_type",
        "replaced_task_nesting",
        "callbacks",
        "errbacks",
        "create_sent_event",
        "origin",
        "now",
        "timezone",
        "ignore_result",
        "argsrepr",
        "kwargsrepr",
        "stamped_headers",
        "max_retries",
    }
)
"""`Celery.send_task` and `celery.app.amqp.AMQP.as_task_v2`."""

PUBLISHING = frozenset(
    {
        "queue",
        "exchange",
        "exchange_type",
        "routing_key",
        "event_dispatcher",
        "retry",
        "retry_policy",
        "serializer",
        "delivery_mode",
        "compression",
        "declare",
        "headers",
        "timeout",
        "confirm_timeout",
        "mandatory",
        "immediate",
        "priority",
        "expiration",
        "content_type",
        "content_encoding",
    }
)
"""The sender that `AMQP` makes, and `kombu.Producer.publish`."""

PROPERTIES = frozenset(
    {
        "application_headers",
        "correlation_id",
        "message_id",
        "timestamp",
        "type",
        "user_id",
        "app_id",
        "cluster_id",
        "MessageGroupId",
        "MessageDeduplicationId",
        "DelaySeconds",
        "MessageAttributes",
        "message_properties",
    }
)
"""Properties of an AMQP message, and what the SQS transport reads from them."""

CANVAS = frozenset(
    {"options", "subtask_type", "immutable", "app", "body", "interval", "max_retries", "task", "request"}
)
"""What signatures, chains and chords take besides."""

EXECUTION_OPTIONS = TASK_MESSAGE | PUBLISHING | PROPERTIES | CANVAS

EFFECTIVE_OPTIONS = frozenset(
    {
        "args",
        "kwargs",
        "countdown",
        "eta",
        "expires",
        "task_id",
        "link",
        "link_error",
        "shadow",
        "time_limit",
        "soft_time_limit",
        "ignore_result",
        "argsrepr",
        "kwargsrepr",
        "queue",
        "exchange",
        "routing_key",
        "retry",
        "retry_policy",
        "serializer",
        "compression",
        "priority",
        "headers",
        "expiration",
        "delivery_mode",
        "group_id",
        "add_to_parent",
        "producer",
        "connection",
        "stamped_headers",
    }
)
"""Those that people write, and so may misspell."""

FREE_OPTIONS = frozenset({"stamped_headers", "headers", "message_properties"})
"""With one of these, keywords of any name may be meant: stamps travel as options."""

ONLY_OPTIONS = frozenset(
    {
        "countdown",
        "eta",
        "expires",
        "queue",
        "routing_key",
        "exchange",
        "priority",
        "serializer",
        "compression",
        "time_limit",
        "soft_time_limit",
        "retry_policy",
        "ignore_result",
        "task_id",
        "link",
        "link_error",
        "shadow",
    }
)
"""Options that people give `delay`, which knows none."""

RETRY_POLICY = frozenset(
    {
        "max_retries",
        "interval_start",
        "interval_step",
        "interval_max",
        "retry_errors",
        "errback",
        "on_revive",
    }
)
"""`kombu.Connection.ensure`; any other key raises TypeError."""
