"""Entries of `beat_schedule`: what Beat sends by the clock, as the settings write it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from celery_lint.finding import Applicability, Fix, Location, Nomination, ReplaceText, SetValue
from celery_lint.project.arguments.binding import mismatch
from celery_lint.project.configuration import Datum, Environment
from celery_lint.project.configuration.data import Items, Reference, Scalar, Table
from celery_lint.project.schedules.alone import allowed_seconds, may_run_alone
from celery_lint.project.schedules.pace import pace_of
from celery_lint.project.values import FunctionValue, TaskValue

if TYPE_CHECKING:
    from celery_lint.project.project import Project
    from celery_lint.project.tasks import Task

__all__ = ["BeatEntry", "beat_entries"]


class BeatEntry(Struct, frozen=True, dict=True):
    """One entry of an environment's schedule. `key` is its name, `content` its dict."""

    environment: Environment
    key: Datum
    content: Datum

    @property
    def project(self) -> Project:
        return self.environment.configuration.project

    @property
    def name(self) -> str:
        return self.key.text or "?"

    @property
    def task_name(self) -> str | None:
        """What it calls its task; None where that is not known."""
        task = self.content.get("task")
        return task.text if task is not None and task.is_known else None

    @cached_property
    def task(self) -> Task | None:
        """The task of the project that has the name."""
        return self.project.task_names.find(self.task_name) if self.task_name else None

    @property
    def takes_object(self) -> bool:
        """Whether a function or task stands where its name belongs."""
        task = self.content.get("task")
        content = task.content if task is not None else None
        return isinstance(content, Reference) and isinstance(content.value, TaskValue | FunctionValue)

    @property
    def interval(self) -> float | None:
        """Seconds between two runs; None for crontabs and the like, and where it is not known."""
        schedule = self.content.get("schedule")
        return schedule.number if schedule is not None and schedule.is_known else None

    @property
    def place_of_task(self) -> Datum:
        return self.content.get("task") or self.key

    @property
    def is_missing(self) -> bool:
        """Whether nothing registers a task by that name, certainly."""
        return self.task_name is not None and self.project.task_names.lacks(self.task_name, self.content.path)

    @cached_property
    def mismatch(self) -> tuple[Datum, str] | None:
        """Where arguments stand that the task does not take, and what is wrong with them."""
        args, kwargs = self.content.get("args"), self.content.get("kwargs")
        scalar = args.content if args is not None else None
        if args is not None and isinstance(scalar, Scalar) and scalar.value:
            wrong = self._letter_by_letter(scalar.value) if isinstance(scalar.value, str) else self._no_list(args)
            return (args, wrong) if wrong else None
        signature = self.task.signature if self.task is not None else None
        if signature is None or not self.content.is_complete:
            return None
        positional = len(args.items) if args is not None and isinstance(args.content, Items) else 0
        keywords = [key.text or "" for key, _ in kwargs.entries] if kwargs is not None else []
        wrong = mismatch(signature, positional, [word for word in keywords if word], is_complete=self._counts)
        return ((args if args is not None and positional else kwargs) or self.place_of_task, wrong) if wrong else None

    def _no_list(self, args: Datum) -> str:
        return f"`args` is not a list or tuple but {args.type or 'a value'}"

    def _letter_by_letter(self, text: str) -> str:
        """What becomes of a text as `args`: each of its letters is an argument. "" where one letter is what the task
        takes."""
        wrong = self._misfit(len(text))
        if len(text) == 1:
            return wrong
        said = f"`args` is a text, and Beat sends each of its {len(text)} letters as an argument"
        return f"{said}: {wrong}" if wrong else said

    def _misfit(self, positional: int) -> str:
        """What is certainly wrong with so many arguments by position and those of `kwargs`."""
        signature, kwargs = self.task.signature if self.task is not None else None, self.content.get("kwargs")
        if signature is None:
            return ""
        keywords = [key.text or "" for key, _ in kwargs.entries] if kwargs is not None else []
        return mismatch(signature, positional, keywords, is_complete=self._is_whole(kwargs))

    @property
    def in_tuple(self) -> Fix | None:
        """The fix that puts `args` which are one value into a tuple; None where the task does not take one. Not safe
        where the task gets along with the letters of a text, or may."""
        args = self.content.get("args")
        scalar = args.content if args is not None else None
        if args is None or not isinstance(scalar, Scalar) or not scalar.value or args.path != self.content.path:
            return None
        if self._misfit(1):
            return None
        fails = not isinstance(scalar.value, str) or bool(self._misfit(len(scalar.value)))
        place = self.project.program.location(args.path, args.span)
        safe = Applicability.SAFE if fails else Applicability.UNSAFE
        return Fix("Put it in a tuple", safe, (SetValue(place, "({},)"),))

    @property
    def _counts(self) -> bool:
        """Whether the arguments are all seen."""
        return self._is_whole(self.content.get("args")) and self._is_whole(self.content.get("kwargs"))

    def _is_whole(self, part: Datum | None) -> bool:
        """Whether a list or dict of arguments is there as it is seen, or is not there at all."""
        if part is not None and any(key.text is None for key, _ in part.entries):
            return False
        return part is None or part.is_none or part.is_complete

    @property
    def mistake(self) -> tuple[Datum, str] | None:
        """What Beat cannot start with, and where; the crontab of an entry is looked at by itself."""
        schedule = self.content.get("schedule")
        if schedule is None:
            return (self.key, "it has no `schedule`") if self.content.is_complete else None
        if not schedule.is_known:
            return None
        if schedule.text is not None:
            return schedule, f'`schedule` is the text "{schedule.text}"'
        if schedule.number is not None and schedule.number <= 0:
            return schedule, f"an interval of {schedule.number:g} seconds sends it without a pause"
        return None

    @property
    def pace(self) -> float | None:
        """Seconds from one message to the next, the shortest, of crontabs too; None where that is not known."""
        return pace_of(self.content.get("schedule"))

    @property
    def expires(self) -> bool | None:
        """Whether its messages do; None where that is not known."""
        options = self.content.get("options")
        if options is not None and options.get("expires") is not None:
            return True
        return False if self.content.is_complete and (options is None or options.is_complete) else None

    def expiry(self, seconds: float) -> Fix | None:
        """What lets its messages expire: a key of its options, or options; None where no key of those is to be seen."""
        options = self.content.get("options")
        table = self.content if options is None else options
        last = table.entries[-1][0] if table.entries else None
        if last is None or last.path != self.content.path:
            return None
        project = self.project
        line, column = last.span.line, last.span.column
        before = project.text(Location(last.path, line, 1, line, column))
        quote = project.text(project.program.location(last.path, last.span))[:1]
        if quote not in ("'", '"'):
            return None
        expires = f"{quote}expires{quote}: {seconds:g}"
        text = f"{quote}options{quote}: {{{expires}}}" if options is None else expires
        place = Location(last.path, line, column, line, column)
        added = ReplaceText(place, f"{text},\n{before}" if not before.strip() else f"{text}, ")
        return Fix("Let its messages expire before the next", Applicability.UNSAFE, (added,))

    @property
    def allowed_seconds(self) -> float | None:
        """How long its task says that it may take."""
        return allowed_seconds(self.task) if self.task is not None else None

    @property
    def may_run_alone(self) -> bool:
        """Whether something may keep two runs of its task apart."""
        return self.task is None or may_run_alone(self.project, self.task)

    def nominate(self, rule: str, place: Datum, fix: Fix | None = None, /, **values: str) -> Nomination:
        return self.environment.nominate(rule, place, fix, entry=self.name, **values)


def beat_entries(project: Project) -> Iterator[BeatEntry]:
    """Each entry that production may have, once however many environments share it."""
    seen: set[tuple[str, object]] = set()
    for environment in project.production_environments:
        for option in environment.setting("beat_schedule").options:
            for key, content in option.entries:
                if isinstance(content.content, Table) and (content.path, content.span) not in seen:
                    seen.add((content.path, content.span))
                    yield BeatEntry(environment, key, content)
