"""How often something is sent, by its schedule."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from celery_lint.knowledge.schedules import CRONTABS, FIELDS, SCHEDULES
from celery_lint.project.configuration.data import Made

if TYPE_CHECKING:
    from celery_lint.project.configuration import Datum

__all__ = ["pace_of"]

HOUR = 3600
DAY = 24 * HOUR
PART = re.compile(r"(?:\*|(?P<first>\d+)(?:-(?P<last>\d+))?)(?:/(?P<step>[1-9]\d*))?")
EVERY = "*"


def pace_of(schedule: Datum | None) -> float | None:
    """The shortest time between two runs in seconds, a day for a crontab of one time of day; None where that is not
    known."""
    if schedule is None or not schedule.is_known:
        return None
    if schedule.number is not None:
        return schedule.number if schedule.number > 0 else None
    if not isinstance(schedule.content, Made):
        return None
    made = schedule.content
    if made.name in SCHEDULES:
        return pace_of(made.argument(0, "run_every"))
    return pace_of_crontab(made) if made.name in CRONTABS else None


def pace_of_crontab(made: Made) -> float | None:
    """That of a crontab; None for one that lacks its minute by mistake."""
    given = [made.argument(place, field) for place, field in enumerate(FIELDS)]
    if given[0] is None and any(field is not None and field.text != EVERY for field in given):
        return None
    minutes, hours = (numbers(field, made.argument(place, field)) for place, field in enumerate(("minute", "hour")))
    if minutes is None or hours is None or not minutes or not hours:
        return None
    if len(hours) == 1:
        return 60.0 * shortest(minutes, 0) if len(minutes) > 1 else DAY
    return 60.0 * min(shortest(minutes, 60), 60 * shortest(hours, 24))


def shortest(numbers: list[int], whole: int) -> int:
    """The smallest distance between neighbours; the first comes again after `whole`, unless that is 0."""
    around = [*numbers, numbers[0] + whole] if whole else numbers
    return min(later - earlier for earlier, later in pairwise(around))


def numbers(field: str, datum: Datum | None) -> list[int] | None:
    """The minutes or hours that a field stands for, in order; None where that is not known."""
    given = EVERY if datum is None else datum.text if datum.text is not None else datum.number
    if given is None or (datum is not None and not datum.is_known):
        return None
    least, most = FIELDS[field]
    found: set[int] = set()
    for part in str(int(given) if isinstance(given, float | int) else given).split(","):
        match = PART.fullmatch(part.strip())
        if match is None:
            return None
        first = int(match["first"] or least)
        last = int(match["last"] or (first if match["first"] else most))
        found.update(range(first, last + 1, int(match["step"] or 1)))
    return sorted(number for number in found if least <= number <= most)
