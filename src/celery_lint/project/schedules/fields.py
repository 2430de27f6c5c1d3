"""One field of a crontab: what Celery refuses in it, and steps that do not come out even."""

from __future__ import annotations

import re
from collections.abc import Iterator

from celery_lint.knowledge.schedules import FIELDS, MONTHS, WEEKDAYS

__all__ = ["mistake", "uneven"]

PART = re.compile(r"(?:\*|(?P<first>\w+)(?:-(?P<last>\w+))?)(?P<step>/\w*)?")
STEPPED = re.compile(r"\*/(\d+)")
WHOLE = {"minute": (60, "hour"), "hour": (24, "day")}


def mistake(field: str, value: str | int | None) -> str:
    """Why Celery refuses the value in words; "" when it takes it, or when it is not known."""
    if value is None:
        return ""
    if isinstance(value, int):
        return out_of_range(field, value)
    if len(value.split()) == 5:
        return f'"{value}" is a line of a crontab file, and `{field}` takes one field of it'
    return next((found for part in value.split(",") if (found := part_mistake(field, part.strip()))), "")


def part_mistake(field: str, part: str) -> str:
    match = PART.fullmatch(part)
    if match is None:
        return f'`{field}` cannot be "{part}"'
    step = match["step"]
    if step is not None and (not step[1:].isdigit() or int(step[1:]) == 0):
        return f'`{field}` cannot have the step "{step}"'
    return next((found for number in numbers(field, match) if (found := number)), "")


def numbers(field: str, match: re.Match[str]) -> Iterator[str]:
    """What is wrong with each end of a range."""
    for word in (match["first"], match["last"]):
        if word is None:
            continue
        number = numeric(word)
        yield out_of_range(field, number) if number is not None else f'`{field}` cannot be "{word}"'


def numeric(word: str) -> int | None:
    """Celery looks at the first three letters of a name, and takes the name of a day or month in any field."""
    if word.isdigit():
        return int(word)
    return {**MONTHS, **WEEKDAYS}.get(word[:3].lower())


def out_of_range(field: str, number: int) -> str:
    least, most = FIELDS[field]
    return "" if least <= number <= most else f"`{field}` goes from {least} to {most} and {number} is given"


def uneven(field: str, value: str | int | None) -> str:
    """What a step does that does not divide the hour or the day."""
    match = STEPPED.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return ""
    step = int(match[1])
    whole, unit = WHOLE[field]
    if step == 0 or whole % step == 0:
        return ""
    if step > whole:
        return f"fires once each {unit}, for a step of {step} {field}s never comes round"
    gap = whole - (whole - 1) // step * step
    return f"counts anew each {unit}: every {step} {field}s, and then after {gap}"
