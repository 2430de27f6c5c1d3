"""Which transports and result stores a URL can name, and whom a URL lets in without a secret worth hiding."""

from __future__ import annotations

__all__ = ["DATABASES", "LOCAL_HOSTS", "REDIS", "TRANSPORTS", "VISIBILITY_TIMEOUTS", "WITH_LOGIN"]

TRANSPORTS = frozenset(
    {
        *("amqp", "amqps", "azureservicebus", "azurestoragequeues", "confluentkafka", "consul", "django", "etcd"),
        *("filesystem", "gcpubsub", "kafka", "librabbitmq", "memory", "mongodb", "pgmq", "pyamqp", "pyro", "qpid"),
        *("redis", "rediss", "sentinel", "slmq", "sqla", "sqlalchemy", "sqs", "zookeeper"),
    }
)
"""The transports of kombu up to 5.7, in lower case."""

REDIS = frozenset({"redis", "rediss"})
WITH_LOGIN = frozenset({"amqp", "amqps", "pyamqp", "librabbitmq", "redis", "rediss"})
"""Schemes whose URLs are a user, a password, a host and a port, and nothing else before the path."""

DATABASES = frozenset({"postgresql", "postgres", "mysql", "mariadb", "sqlite", "oracle", "mssql"})
"""Schemes of SQLAlchemy, which Celery takes after `db+` only."""

LOCAL_HOSTS = frozenset({"", "localhost", "127.0.0.1", "::1", "0.0.0.0"})

VISIBILITY_TIMEOUTS = {"redis": 3600.0, "rediss": 3600.0, "sentinel": 3600.0, "sqs": 1800.0}
"""Seconds after which these transports of kombu send an unacknowledged message again, unless told otherwise."""
