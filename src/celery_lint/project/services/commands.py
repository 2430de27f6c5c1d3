"""Workers, Beats and Flowers: the command lines of a project as rules see them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from celery_lint.finding import Location, Nomination, Step
from celery_lint.project.services.arguments import Argument, Arguments
from celery_lint.project.services.service import TRUE, Service

if TYPE_CHECKING:
    from celery_lint.project.services.invocation import Invocation

__all__ = ["BeatCommand", "Command", "FlowerCommand", "WorkerCommand"]

LIMITS = ("time_limit", "soft_time_limit", "max_tasks_per_child", "max_memory_per_child")
IGNORED = {**dict.fromkeys(("eventlet", "solo", "threads"), LIMITS), "gevent": LIMITS[1:]}
"""Pool → the limits that it does not enforce."""

FLOWER_AUTH = ("basic_auth", "auth", "auth_provider", "oauth2_key", "conf")
LOCAL = ("127.", "localhost", "[::1]")
DEFAULT_POOL = "prefork"
ALIASES = {"processes": "prefork"}
GREEN = frozenset({"gevent", "eventlet"})


class Command(Struct, frozen=True, eq=False, dict=True):
    """One run of Celery in one service. `before` are the options in front of the sub-command, `arguments` its own.

    `app_path` is the file that `-A` leads to, `home` the Django project it belongs to, as `Settings.home` names it;
    both are None when that is not known.
    """

    invocation: Invocation
    service: Service
    before: Arguments
    arguments: Arguments
    app_path: str | None
    home: str | None

    name = ""

    @property
    def path(self) -> str:
        return self.location.path

    @cached_property
    def location(self) -> Location:
        return self.invocation.location

    @property
    def statement(self) -> Location:
        return self.invocation.statement

    @property
    def is_production(self) -> bool:
        return self.service.is_production

    @cached_property
    def app(self) -> str | None:
        """What `-A` names, as it is written; None when it is not given or not known."""
        given = self.before.find("app")
        return given.value if given is not None else None

    @property
    def is_complete(self) -> bool:
        """Whether every option is seen: an unknown word might hold more."""
        return not self.arguments.is_open and not self.before.is_open

    def find(self, option: str) -> Argument | None:
        """The option of that name ("max_tasks_per_child"), as the command line gives it."""
        return self.arguments.find(option)

    def value(self, option: str) -> str | None:
        """The value of an option by the command line, else by its variable; None when not given or not known."""
        given = self.find(option)
        return given.value if given is not None else self.service.values.get(self._variable(option))

    def has(self, option: str) -> bool | None:
        """Whether an option is given, on the command line or by its variable; None when that is not known."""
        if self.find(option) is not None or self._variable(option) in self.service.variables:
            return True
        return False if self.is_complete else None

    def is_on(self, flag: str) -> bool | None:
        """Whether a flag is set; None when that is not known."""
        if self.find(flag) is not None:
            return True
        if self.service.values.get(self._variable(flag), "").lower() in TRUE:
            return True
        return False if self.is_complete else None

    def number(self, option: str) -> float | None:
        try:
            return float(self.value(option) or "")
        except ValueError:
            return None

    def _variable(self, option: str) -> str:
        return f"CELERY_{self.name}_{option}".upper()

    def nominate(
        self,
        rule: str,
        location: Location | None = None,
        values: Mapping[str, str] | None = None,
        trace: tuple[Step, ...] = (),
    ) -> Nomination:
        """A nomination at the command or a part of it; the way from the service to it is the trace."""
        at = location or self.location
        started = tuple(Step(place, f"`{self.service.name}` starts it here") for place in self.invocation.through)
        statement = self.statement if at.path == self.statement.path else at
        return Nomination(rule, at, statement, dict(values or {}), expect="", trace=(*started, *trace))


class WorkerCommand(Command, frozen=True, eq=False, dict=True):
    """`celery worker`."""

    name = "worker"

    @cached_property
    def queues(self) -> tuple[str, ...] | None:
        """The queues of `-Q`; () when it is not given, so that the worker takes all it knows; None when not known."""
        given = self.value("queues")
        if given is not None:
            return tuple(queue for queue in (part.strip() for part in given.split(",")) if queue)
        return () if self.has("queues") is False else None

    @cached_property
    def excluded_queues(self) -> tuple[str, ...] | None:
        """The queues of `-X`; None when not known."""
        given = self.value("exclude_queues")
        if given is not None:
            return tuple(part.strip() for part in given.split(","))
        return () if self.has("exclude_queues") is False else None

    @cached_property
    def pool(self) -> str | None:
        """The pool that is given, "" when none is, so that the settings decide; None when not known."""
        given = self.value("pool")
        if given is not None:
            return ALIASES.get(given, given)
        return "" if self.has("pool") is False else None

    @cached_property
    def is_green(self) -> bool:
        return self.pool in GREEN

    @cached_property
    def concurrency(self) -> int | None:
        """How many tasks at a time, the upper bound of `--autoscale` included; None when not given or not known."""
        scale = self.value("autoscale")
        given = max(scale.split(","), key=lambda part: int(part) if part.strip().isdecimal() else 0) if scale else None
        given = given or self.value("concurrency")
        return int(given) if given is not None and given.strip().isdecimal() else None

    @cached_property
    def time_limit(self) -> float | None:
        """Seconds, by the command line."""
        return self.number("time_limit")

    @cached_property
    def soft_time_limit(self) -> float | None:
        """Seconds, by the command line."""
        return self.number("soft_time_limit")

    @property
    def ignored_limits(self) -> tuple[Argument, ...]:
        """The limits on the command line that its pool, when that is given there too, does not enforce."""
        return self.ignored_by(self.pool or "")

    def ignored_by(self, pool: str) -> tuple[Argument, ...]:
        """The limits on the command line that a pool does not enforce."""
        return tuple(given for name in IGNORED.get(pool, ()) if (given := self.find(name)) is not None)

    @cached_property
    def beat(self) -> Argument | None:
        """The `-B` that makes the worker a Beat as well."""
        return self.find("beat")


class BeatCommand(Command, frozen=True, eq=False, dict=True):
    """`celery beat`."""

    name = "beat"

    @cached_property
    def scheduler(self) -> str | None:
        """The class that is given; "" for none, so that the settings decide; None when not known."""
        given = self.value("scheduler")
        if given is not None:
            return given
        return "" if self.has("scheduler") is False else None


class FlowerCommand(Command, frozen=True, eq=False):
    """`celery flower`."""

    name = "flower"

    @property
    def is_published(self) -> bool:
        """Whether a port of its service is open to other machines."""
        return any(not port.startswith(LOCAL) for port in self.service.ports)

    @property
    def is_open(self) -> bool:
        """Whether nothing asks who is there, as far as the command and all of its environment tell."""
        return not self.service.has_more_variables and all(self.has(option) is False for option in FLOWER_AUTH)

    def value(self, option: str) -> str | None:
        given = self.find(option)
        return given.value if given is not None else self.service.values.get(f"FLOWER_{option}".upper())

    def has(self, option: str) -> bool | None:
        if self.find(option) is not None or f"FLOWER_{option}".upper() in self.service.variables:
            return True
        return False if self.is_complete else None
