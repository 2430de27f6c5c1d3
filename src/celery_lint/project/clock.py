"""In which zone a project's processes tell the time."""

from __future__ import annotations

from functools import cached_property

from celery_lint.project.places import place_of
from celery_lint.project.settings import Settings
from celery_lint.project.values import Literal

__all__ = ["Clock"]

UTC = frozenset({"UTC", "Etc/UTC", "GMT", "Etc/GMT", "Zulu", "Etc/Zulu"})


class Clock:
    """Django sets the zone of the process to TIME_ZONE, so a local time without a zone is one of that zone."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def _literals(self, *names: str) -> list[object]:
        """What production settings set the names to; None for what is no literal."""
        found: list[object] = []
        for item in self.settings.assignments(frozenset(names)):
            if place_of(item.path) == "production":
                value = self.settings.value_of(item)
                found.append(value.value if isinstance(value, Literal) else None)
        return found

    @cached_property
    def is_utc(self) -> bool:
        """Whether a local time is certainly one in UTC, or Celery certainly does not take it for one."""
        zones = self._literals("TIME_ZONE")
        if zones and all(zone in UTC for zone in zones):
            return True
        return any(value is not True for value in self._literals("CELERY_ENABLE_UTC", "enable_utc"))

    @cached_property
    def is_without_zones(self) -> bool:
        """Whether `timezone.now()` certainly has no zone."""
        values = self._literals("USE_TZ")
        return bool(values) and all(value is False for value in values)
