"""Beats whose schedule file goes with their container."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from celery_lint.project.deployments.crew import Production
from celery_lint.project.services.service import Service
from celery_lint.project.services.text import UNKNOWN

if TYPE_CHECKING:
    from celery_lint.project.schedules import BeatEntry
    from celery_lint.project.services import BeatCommand

__all__ = ["EphemeralState", "ephemeral_states"]

LONG = 12 * 3600.0
"""Seconds from which an interval is likely to be longer than a container lives between two deployments."""
KEEPING = "celery.beat:PersistentScheduler"
ORCHESTRATED = ("compose", "kubernetes")


class EphemeralState(Struct, frozen=True):
    """A Beat that begins anew with each container, and the entry that suffers most."""

    beat: BeatCommand
    entry: BeatEntry
    interval: float


def ephemeral_states(production: Production) -> Iterator[EphemeralState]:
    """Each Beat in a container of its own whose file is certainly on no volume, where some interval is long."""
    found = [(interval, entry) for entry in _entries(production) if (interval := entry.interval) is not None]
    interval, entry = max(found, key=lambda pair: pair[0], default=(0.0, None))
    if entry is None or interval < LONG:
        return
    for beat in production.own(production.project.services.beats):
        own = production.of(beat)
        scheduler = beat.scheduler or (own.text("beat_scheduler") if beat.scheduler == "" else None)
        file = beat.value("schedule")
        if file is None and beat.has("schedule") is False:
            file = own.text("beat_schedule_filename")
        if scheduler == KEEPING and file is not None and is_in_container(beat.service, file):
            yield EphemeralState(beat, entry, interval)


def _entries(production: Production) -> Iterator[BeatEntry]:
    for entry in production.project.beat_entries:
        if entry.environment.configuration.home == production.home:
            yield entry


def is_in_container(service: Service, file: str) -> bool:
    """Whether a file is certainly in the container's own layer."""
    if service.kind not in ORCHESTRATED or not service.is_whole:
        return False
    if not service.volumes:
        return True
    path = posixpath.join(service.directory or "", file)
    targets = [volume.split(":")[min(1, volume.count(":"))] for volume in service.volumes]
    if not path.startswith("/") or any(UNKNOWN in target for target in targets):
        return False
    return not any(path.startswith(target.rstrip("/") + "/") for target in targets)
