"""Where brokers and stores are: whether two settings name one Redis database, and what crosses a network in clear."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from celery_lint.knowledge.urls import LOCAL_HOSTS, PLAIN, PRIVATE_ENDINGS, REDIS
from celery_lint.project.configuration.data import Datum, State

if TYPE_CHECKING:
    from celery_lint.project.configuration.configuration import Environment

__all__ = ["is_plain", "neighbours"]

PORT = 6379


def is_plain(environment: Environment, broker: Datum) -> bool:
    """Whether a broker on another network is certainly reached without TLS."""
    if environment.setting("broker_use_ssl").is_set is not False or broker.state is not State.KNOWN or broker.guard:
        return False
    try:
        parts = urlsplit(broker.text or "")
        host = parts.hostname or ""
    except ValueError:
        return False
    return parts.scheme.lower() in PLAIN and is_elsewhere(host)


def is_elsewhere(host: str) -> bool:
    """Whether a host is of a public network: neither this machine nor a name or address of a private one."""
    try:
        return not ipaddress.ip_address(host).is_private
    except ValueError:
        return "." in host and host not in LOCAL_HOSTS and not host.endswith(PRIVATE_ENDINGS)


def neighbours(environment: Environment) -> Iterator[tuple[Datum, str]]:
    """What is kept in the Redis database of the broker besides its queues: the place, and what it is in words."""
    broker = environment.setting("broker_url").datum
    backend = environment.setting("result_backend").datum
    if broker is None or broker.guard:
        return
    if backend is not None and are_same(broker, backend):
        yield backend, "results are"
    caches = environment.django("CACHES").datum
    for name, cache in caches.entries if caches is not None else ():
        location = cache.get("LOCATION")
        places = location.items or (location,) if location is not None else ()
        kind = cache.get("BACKEND")
        is_redis = kind is not None and "redis" in (kind.text or "").lower()
        if is_redis and any(are_same(broker, place) for place in places):
            yield name, f"the cache `{name.text}` is"


def are_same(one: Datum, other: Datum) -> bool:
    """Whether two settings certainly name one database: by what they say, or as one variable says it."""
    if one.guard or other.guard or not (one.is_known and other.is_known):
        return False
    if State.DEFAULT in (one.state, other.state):
        named = one.variable and (one.variable, one.cast) == (other.variable, other.cast)
        return bool(named) and one.text == other.text and database_of(one.text or "") is not None
    database = database_of(one.text or "")
    return database is not None and database == database_of(other.text or "")


def database_of(url: str) -> tuple[str, int, str] | None:
    """Host, port and number of a Redis database; None where the URL is none of Redis."""
    try:
        parts = urlsplit(url)
        found = (parts.hostname or "localhost", parts.port or PORT, parts.path.strip("/") or "0")
    except ValueError:
        return None
    return found if parts.scheme.lower() in REDIS else None
