"""Whether what is tried again asks another host."""

from __future__ import annotations

from celery_lint.knowledge import network
from celery_lint.project.values import External, ExternalMethod, Instance, Value

__all__ = ["asks_host"]


def asks_host(callee: Value) -> bool:
    """Whether calling it certainly goes over the network."""
    if isinstance(callee, External):
        return callee.name in network.CALLS
    if not isinstance(callee, ExternalMethod) or not isinstance(callee.receiver, Instance):
        return False
    cls = callee.receiver.cls
    return isinstance(cls, External) and cls.name in network.CLIENTS and callee.name in network.CLIENT_METHODS
