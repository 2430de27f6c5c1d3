"""Calls of `crontab(…)`, and of the model that django-celery-beat keeps crontabs in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from celery_lint.facts import schema as s
from celery_lint.finding import Applicability, Fix, Nomination, RenameKeyword, SetKeyword
from celery_lint.knowledge import schedules
from celery_lint.project.schedules.fields import mistake, uneven
from celery_lint.project.site import CallSite
from celery_lint.project.values import External, Literal

if TYPE_CHECKING:
    from celery_lint.project.project import Project

__all__ = ["Crontab", "crontabs"]

FIELDS = tuple(schedules.FIELDS)
OTHER_KEYWORDS = frozenset({"app", "nowfun"})
SPREADS = frozenset({"hour", "day_of_week", "day_of_month", "month_of_year"})
STARS = (None, "*")


class Crontab(CallSite, frozen=True, dict=True):
    """One such call. `is_model` says that it writes a row of django-celery-beat."""

    is_model: bool

    @property
    def is_complete(self) -> bool:
        """Whether nothing is given that cannot be counted."""
        call = self.call
        if any(keyword.name in (None, "defaults") for keyword in call.keywords):
            return False
        return not any(isinstance(arg, s.Spread) for arg in call.args)

    @cached_property
    def fields(self) -> Mapping[str, s.Expr]:
        """What is given, by the field it is for."""
        positional = {} if self.is_model else dict(zip(FIELDS, self.call.args, strict=False))
        named = {keyword.name: keyword.value for keyword in self.call.keywords if keyword.name in FIELDS}
        return {**positional, **named}

    def value(self, field: str) -> str | int | None:
        """The number or text of a field; None where it is not known or not given."""
        expr = self.fields.get(field)
        if expr is None:
            return None
        value = self.value_of(expr)
        content = value.value if isinstance(value, Literal) else None
        return content if isinstance(content, int | str) and not isinstance(content, bool) else None

    @property
    def fires_each_minute(self) -> bool:
        """Whether hours or days are chosen and the minute is not, so that every minute of them counts."""
        if not self.is_complete or "minute" in self.fields:
            return False
        return any(self.value(field) not in STARS for field in SPREADS)

    @property
    def mistake(self) -> str:
        """What Celery refuses in it; "" when nothing is known to be wrong. A row is only looked at when it is used."""
        for field in self.fields:
            found = mistake(field, self.value(field))
            if found:
                return found
        if self.is_model:
            return ""
        unknown = [k.name for k in self.call.keywords if k.name and k.name not in {*FIELDS, *OTHER_KEYWORDS}]
        return f"there is no `{unknown[0]}`" if unknown else ""

    @property
    def surprise(self) -> str:
        """What it does that a reader may not expect; "" when nothing is known to."""
        for field in ("minute", "hour"):
            found = uneven(field, self.value(field))
            if found:
                return found
        week = "-" in str(self.value("day_of_month"))  # "1-7" with a weekday is the first one of the month.
        if not week and all(self.value(field) not in STARS for field in ("day_of_week", "day_of_month")):
            return "fires on the days that are both that weekday and that day of the month, not on either"
        return ""

    def nominate_mistake(self, rule: str) -> Nomination:
        """At a call that Celery refuses; `minutes` becomes `minute`."""
        fix = None
        for keyword in self.call.keywords:
            name, meant = keyword.name or "", (keyword.name or "").removesuffix("s")
            if name not in FIELDS and meant in FIELDS and meant not in self.fields:
                fix = Fix(f"Write `{meant}`", Applicability.SAFE, (RenameKeyword(self.location, name, meant),))
        return self.nominate(rule, {"what": "crontab", "mistake": self.mistake}, fix=fix)

    def nominate_minute(self, rule: str) -> Nomination:
        """At a call without a minute, with the one that is nearly always meant."""
        given = self.call.keywords
        missing = ["minute"] if "hour" in self.fields else ["minute", "hour"]
        as_text = all(isinstance(keyword.value, s.Constant) and keyword.value.kind == "str" for keyword in given)
        operations = tuple(SetKeyword(self.location, field, '"0"' if as_text else "0") for field in missing)
        title = f"Set {' and '.join(f'`{field}`' for field in missing)} to 0"
        values = {"given": ", ".join(f"`{field}`" for field in self.fields)}
        return self.nominate(rule, values, fix=Fix(title, Applicability.UNSAFE, operations))


def crontabs(project: Project) -> Iterator[Crontab]:
    """Every such call outside tests, in the order of files and lines."""
    for path in project.sources.code_with_any(("crontab", "CrontabSchedule")):
        view = project.program.view(path)
        for number, call in enumerate(view.facts.calls):
            callee = project.evaluator.value(call.func, project.program.place_of_call(path, call))
            if not isinstance(callee, External):
                continue
            if callee.name in schedules.CRONTABS:
                yield Crontab(project, path, number, is_model=False)
            elif callee.name in schedules.MODEL_WRITES:
                yield Crontab(project, path, number, is_model=True)
