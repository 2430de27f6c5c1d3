"""Which transports and result stores a URL can name, and whom a URL lets in without a secret worth hiding."""

from __future__ import annotations

__all__ = [
    "CONSUMER_TIMEOUT",
    "DATABASES",
    "LOCAL_HOSTS",
    "PLAIN",
    "PRIVATE_ENDINGS",
    "RABBITMQ",
    "REDIS",
    "TABLES",
    "TRANSPORTS",
    "VISIBILITY_TIMEOUTS",
    "WITH_LOGIN",
]

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

PLAIN = frozenset({"amqp", "pyamqp", "librabbitmq", "redis"})
"""Transports that encrypt nothing unless `broker_use_ssl` says so."""

PRIVATE_ENDINGS = (".local", ".internal", ".lan", ".localdomain", ".svc", ".example", ".test", ".invalid")
"""How names of private networks end, and names that nobody has."""

RABBITMQ = frozenset({"amqp", "amqps", "pyamqp", "librabbitmq"})
CONSUMER_TIMEOUT = 1800.0
"""Seconds for which RabbitMQ waits for an acknowledgement, unless told otherwise."""

TABLES = ("django-db", "db+")
"""How result backends begin that keep a row for each result and do not let it expire by themselves."""
