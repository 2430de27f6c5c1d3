"""Settings and options that only a later release reads than the one a project pins."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from celery_lint.knowledge.settings import TRANSPORT_OPTIONS, Registry, Version, registry
from celery_lint.project.configuration.data import Datum

if TYPE_CHECKING:
    from celery_lint.project.configuration.configuration import Environment

__all__ = ["Novelty", "novelties"]


class Novelty(Struct, frozen=True):
    """A setting or option before its time: the package that reads it, since which release, and which is pinned."""

    place: Datum
    name: str
    package: str
    since: Version
    pinned: Version


def novelties(environment: Environment) -> Iterator[Novelty]:
    """Those of Celery's own settings, then those of kombu's options for the transport."""
    project = environment.configuration.project
    celery = project.celery_version if project.pins_celery else None
    if celery is not None:
        for given in environment.given:
            since = None if given.is_old else later(registry(), given.setting, celery)
            if since is not None:
                yield from (Novelty(option, given.name, "Celery", since, celery) for option in given.options)
    kombu = project.pinned_version("kombu")
    group = transport_options(environment)
    options = environment.setting("broker_transport_options").datum
    if kombu is not None and group is not None and options is not None:
        for key, _ in options.entries:
            since = later(group, key.text or "", kombu)
            if since is not None:
                yield Novelty(key, key.text or "", "kombu", since, kombu)


def later(group: Registry, name: str, pinned: Version) -> Version | None:
    """The release that brought a name, where that is later than the pinned one."""
    since = group.since(name) if name in group.settings else None
    return since if since is not None and since > pinned[:2] else None


def transport_options(environment: Environment) -> Registry | None:
    """What kombu knows of the broker's transport; None where that is not certain."""
    broker = environment.setting("broker_url").datum
    name = TRANSPORT_OPTIONS.get(broker.prefix.partition(":")[0]) if broker is not None else None
    return registry(name) if name is not None else None
