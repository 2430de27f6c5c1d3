"""URLs of brokers and result backends: what is wrong with one, and the secret it shows."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from celery_lint.knowledge.urls import DATABASES, LOCAL_HOSTS, REDIS, TRANSPORTS, WITH_LOGIN

__all__ = ["backend_mistake", "broker_mistake", "has_secret"]

TEMPLATE = re.compile(r"[{}<>$]|%[(s]")
"""Signs of a text that something fills in later."""
SCHEME = re.compile(r"([A-Za-z][\w+.:-]*)://")
"""A transport of one's own is written `package.module:Class`."""
END = re.compile(r"[/?#]")
"""Where user, password, host and port end."""
SINGLE_SLASH = re.compile(r"([a-z]+):/(?!/)")
PLAIN_HOST = re.compile(r"[\w.-]*(?::5671|:5672)?(?:/[\w.-]*)?")
"""A host that AMQP is meant for, or may be."""


def broker_mistake(url: str) -> str | None:
    """What keeps Celery from reaching a broker under a URL that is known as a whole; several are split by ";"."""
    found = (one_broker_mistake(part.strip()) for part in url.split(";"))
    return next((mistake for mistake in found if mistake), None)


def one_broker_mistake(url: str) -> str | None:
    if not url or TEMPLATE.search(url):
        return None
    single = SINGLE_SLASH.match(url)
    if single is not None and single.group(1) in TRANSPORTS:
        return f"has one slash after `{single.group(1)}:`, so it is taken as a host of AMQP"
    named = SCHEME.match(url)
    if named is None:
        return None if PLAIN_HOST.fullmatch(url) else "names no transport, so it is taken as AMQP"
    scheme = named.group(1).lower().partition("+")[0]
    if scheme not in TRANSPORTS:
        return None if {".", ":"} & set(scheme) else f"names the transport `{scheme}`, which kombu does not have"
    return login_mistake(url, named.group(1).lower())


def backend_mistake(url: str, *, has_ssl_settings: bool) -> str | None:
    """What keeps Celery from making a result backend of a URL that is known as a whole."""
    named = SCHEME.match(url)
    if named is None or TEMPLATE.search(url):
        return None
    scheme = named.group(1).lower()
    if scheme.partition("+")[0] in DATABASES:
        return "names a database without `db+` in front"
    if scheme == "amqp":
        return "names the backend `amqp`, which Celery no longer has"
    if scheme == "rediss" and not has_ssl_settings and "ssl_cert_reqs" not in url:
        return "lacks `ssl_cert_reqs`, without which Celery refuses a `rediss://` backend"
    return login_mistake(url, scheme)


def login_mistake(url: str, scheme: str) -> str | None:
    """A password that ends the URL early, or a Redis database that is no number."""
    if scheme not in WITH_LOGIN:
        return None
    after = url.partition("://")[2]
    authority = END.split(after, maxsplit=1)[0]
    rest = after[len(authority) :]
    _, colon, port = authority.rpartition(":")
    if "@" in rest and "@" not in authority and colon and not port.isdigit():
        return "has a password that is not quoted and ends it early"
    database = re.split(r"[?#]", rest)[0].strip("/")
    if scheme in REDIS and database and not database.isdigit():
        return f"names the database `{database}`, and Redis knows databases by number"
    return None


def has_secret(url: str) -> bool:
    """Whether a URL that is known as a whole shows a password to a machine that is not everybody's own."""
    if TEMPLATE.search(url) or "://" not in url:
        return False
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    return bool(parts.password) and host not in LOCAL_HOSTS and parts.password not in (parts.username, "guest")
