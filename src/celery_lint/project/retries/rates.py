"""Rate limits of tasks, read as Celery reads them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from celery_lint.finding import Nomination
from celery_lint.project.bodies.option_sites import OptionSite, option_sites
from celery_lint.project.values import Literal

if TYPE_CHECKING:
    from celery_lint.project.project import Project

__all__ = ["RateLimit", "rate_limits"]

UNITS = ("s", "m", "h")


class RateLimit(Struct, frozen=True):
    """A `rate_limit` of a task that is a string."""

    site: OptionSite
    text: str

    @property
    def error(self) -> str:
        """What Celery raises when a worker starts; empty when it takes the limit. The text is split at the first
        slash, and nothing is stripped from the unit, as in `celery.utils.time.rate`."""
        number, _, unit = self.text.partition("/")
        if not self.text:
            return ""
        if unit and unit not in UNITS:
            return f"KeyError: {unit!r}"
        try:
            float(number)
        except ValueError as error:
            return f"ValueError: {error}"
        return ""

    def nominate(self, rule: str) -> Nomination:
        return self.site.nominate(rule, {"limit": self.text, "error": self.error})


def rate_limits(project: Project) -> Iterator[RateLimit]:
    """One for each place, in the order of tasks."""
    for site in option_sites(project, "rate_limit"):
        value = site.option.value
        if isinstance(value, Literal) and isinstance(value.value, str):
            yield RateLimit(site, value.value)
