"""The settings of Celery and its Django packages, and the options of kombu's transports, release by release.

The data is `settings.json`, which `tools/generate_settings.py` writes from real releases. It is read when first
asked for. A version is a tuple of numbers, `(5, 4)`; where it is None the newest release known is meant.
"""

from __future__ import annotations

from functools import cache, cached_property
from importlib.resources import files
from typing import Any, TypeAlias

import msgspec
from msgspec import Struct

__all__ = ["TRANSPORT_OPTIONS", "Registry", "Setting", "Version", "registry"]

TRANSPORT_OPTIONS = {
    "redis": "redis_options",
    "rediss": "redis_options",
    "sentinel": "redis_options",
    "sqs": "sqs_options",
    "amqp": "amqp_options",
    "amqps": "amqp_options",
    "pyamqp": "amqp_options",
}
"""Transport → the registry of its options."""

Version: TypeAlias = tuple[int, ...]


class Setting(Struct, frozen=True):
    """A setting as one release knows it.

    `type` is "string", "int", "float", "bool", "list", "tuple", "dict" or "any". `default` is what JSON can hold:
    seconds for a timedelta, None for infinity. `old` are the upper-case names of the time before Celery 4.
    """

    name: str
    type: str
    default: Any
    old: tuple[str, ...]


class Record(Struct, frozen=True, array_like=True):
    """What changed with a release; without a type the release no longer has the setting."""

    since: str
    type: str | None = None
    default: Any = None
    old: tuple[str, ...] = ()


class Registry(Struct, frozen=True, dict=True):
    """All settings of one package: `versions` are the releases read, oldest first."""

    versions: tuple[str, ...]
    settings: dict[str, tuple[Record, ...]]

    def setting(self, name: str, version: Version | None = None) -> Setting | None:
        """The setting of that name in a release; in an older one than is known, as in the oldest."""
        at = None if version is None else max(version[:2], parsed(self.versions[0])[:2])
        records = [r for r in self.settings.get(name, ()) if at is None or parsed(r.since) <= at]
        if not records or records[-1].type is None:
            return None
        return Setting(name, records[-1].type, records[-1].default, records[-1].old)

    def since(self, name: str) -> Version | None:
        """The release that brought the setting; None when the oldest release known has it already."""
        first = parsed(self.settings[name][0].since)
        return first if first > parsed(self.versions[0])[:2] else None

    def removed(self, name: str) -> Version | None:
        """The first release that no longer has the setting."""
        records = self.settings[name]
        return parsed(records[-1].since) if records[-1].type is None else None

    @cached_property
    def new_names(self) -> dict[str, str]:
        """Old upper-case name → the name since Celery 4."""
        return {old: name for name, records in self.settings.items() for record in records for old in record.old}


@cache
def registries() -> dict[str, Registry]:
    content = files("celery_lint.knowledge").joinpath("settings.json").read_bytes()
    return msgspec.json.decode(content, type=dict[str, Registry])


def registry(package: str = "celery") -> Registry:
    """Of "celery", "django_celery_beat" or "django_celery_results"; the options of a transport by "amqp_options",
    "redis_options" and "sqs_options", those of result backends by "result_backend_options"."""
    return registries()[package]


def parsed(version: str) -> Version:
    return tuple(int(part) for part in version.split("."))
