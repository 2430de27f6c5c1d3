"""Where messages go: the queue of each dispatch, signature and entry of Beat, and what decides on it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from celery_lint.facts import schema as s
from celery_lint.finding import Location
from celery_lint.knowledge.execution import APPLY_ASYNC_PARAMETERS
from celery_lint.project.arguments.given import Given, by_apply_async
from celery_lint.project.arguments.message import Message
from celery_lint.project.configuration import Datum, Environment
from celery_lint.project.program import Place
from celery_lint.project.schedules import BeatEntry, PeriodicTask
from celery_lint.project.values import Literal, TaskValue, Value
from celery_lint.project.wiring.routes import Router, queue_name

if TYPE_CHECKING:
    from celery_lint.project.project import Project
    from celery_lint.project.tasks import Task

__all__ = ["Delivery", "Destinations", "Said", "Source", "sources"]

PLACEHOLDER = "("
"""In what stands for the name of a task that is not known."""
PERIODIC_PARAMETERS = ("schedule", "sig", "args", "kwargs", "name")
"""`celery.Celery.add_periodic_task`, in order."""
EXCHANGES = ("exchange", "routing_key")


class Said(Struct, frozen=True):
    """The queue that an option names: "" when nothing names one, None when it is not known which."""

    queue: str | None
    location: Location
    statement: Location


class Source(Struct, frozen=True):
    """Something that sends a task: `said` is what it says itself about the queue. `task` is one of the project, or is
    known by its name alone; `kind` is "dispatch", "signature" or "schedule"."""

    kind: str
    task: Task
    said: Said
    home: str
    message: Message | None = None
    entry: BeatEntry | None = None
    periodic: PeriodicTask | None = None

    @property
    def location(self) -> Location:
        return self.message.location if self.message is not None else self.said.location


class Delivery(Struct, frozen=True):
    """That a source's messages go to a queue. `queue` is None where it is not known, `by` is what decides: the "call",
    the "schedule", the "task", a "route" or the "default". `location` is where that is written."""

    source: Source
    queue: str | None
    by: str
    location: Location
    statement: Location


def sources(project: Project) -> Iterator[Source]:
    """Everything that sends, or makes a message to be sent, outside tests; then what Beat sends in production."""
    # A canvas that names a queue, and `.set(queue=…)`, speak for signatures that stand elsewhere in the file.
    has_own_queues = {m.path for m in project.messages if m.form in ("set", "canvas") and _names_queue(m)}
    timed = {(p.path, p.signature.index): p for p in project.periodic_tasks if isinstance(p.signature, s.CallRef)}
    for message in project.messages:
        home = project.settings.home(message.path)
        if message.form in ("retry", "canvas") and not _names_queue(message):
            continue
        kind = "signature" if message.form in ("partial", "immutable", "set") else "dispatch"
        said = _said(message)
        is_open = kind == "signature" and message.path in has_own_queues
        if said.queue == "" and (is_open or not message.is_certain):
            said = Said(None, said.location, said.statement)
        periodic = timed.get((message.path, message.number))
        if periodic is not None:
            kind, said = "schedule", _of_periodic(periodic, said)
        yield Source(kind, message.task, said, home, message, None, periodic)
    for entry in project.beat_entries:
        name = TaskValue("", -1, entry.task_name or f"schedule{PLACEHOLDER}…)")
        task = entry.task or project.tasks.of(name)
        yield Source("schedule", task, _of_entry(entry), entry.environment.configuration.home, None, entry)


def _names_queue(message: Message) -> bool:
    return any(message.given.option(name) is not None for name in ("queue", *EXCHANGES))


def _said(message: Message) -> Said:
    """What the call's own options say; those of a wrapper are the ones that the wrapper gives."""
    project = message.project
    at = (message.location, message.statement)
    if message.form != "wrapper":
        return _named(project, message.given, message.place, *at)
    dispatch = project.dispatch_at(message.path, message.number)
    inside = dispatch.sending.spots[0].inside if dispatch is not None else None
    if inside is None:
        return Said(None, *at)
    path, frame, order = inside
    view = project.program.view(path)
    call = next((call for call in view.facts.calls if (call.frame, call.order) == (frame, order)), None)
    method = call.func.name if call is not None and isinstance(call.func, s.Attribute) else ""
    if call is None or not method.startswith(("delay", "apply_async")):
        return Said(None, *at)
    place = project.program.place_of_call(path, call)
    if method.startswith("delay"):
        return Said("", *at)
    given = by_apply_async(project, view, call, place, APPLY_ASYNC_PARAMETERS)
    return _named(
        project,
        given,
        place,
        project.program.location(path, call.span),
        project.program.location(path, view.statement(call.statement)),
    )


def _named(project: Project, given: Given, place: Place, location: Location, statement: Location) -> Said:
    """The queue that options name."""
    option = given.option("queue")
    others = [other for name in EXCHANGES if (other := given.option(name)) is not None]
    if option is None:
        is_known = given.lists_options and not others
        return Said("" if is_known else None, location, statement)
    value = project.evaluator.value
    queue = _queue(value(option.expr, place))
    if any(_queue(value(other.expr, place)) != queue for other in others):
        queue = None
    at = project.program.location(location.path, option.span) if option.span is not None else location
    return Said(queue, at, statement)


def _queue(value: Value) -> str | None:
    if not isinstance(value, Literal) or (value.value is None and value.kind != "NoneType"):
        return None
    return str(value.value or "")


def _of_periodic(periodic: PeriodicTask, signature: Said) -> Said:
    """What the options of `add_periodic_task` say, else those of the signature that it is given."""
    given = by_apply_async(periodic.project, periodic.view, periodic.call, periodic.place, PERIODIC_PARAMETERS)
    said = _named(periodic.project, given, periodic.place, periodic.location, periodic.statement)
    return signature if said.queue == "" else said


def _of_entry(entry: BeatEntry) -> Said:
    """What an entry's `options` say."""
    program = entry.project.program

    def at(datum: Datum) -> tuple[Location, Location]:
        return program.location(datum.path, datum.span), program.location(datum.path, datum.statement)

    options = entry.content.get("options")
    if options is None:
        return Said("" if entry.content.is_complete else None, *at(entry.key))
    queue = options.get("queue")
    if queue is None:
        is_open = not options.is_complete or any(options.get(name) is not None for name in EXCHANGES)
        return Said(None if is_open else "", *at(entry.key))
    return Said(queue_name(queue), *at(queue))


class Destinations:
    """Where the messages of one Django project go, in each of its production environments."""

    def __init__(self, project: Project, home: str) -> None:
        self.project = project
        self.home = home

    @cached_property
    def environments(self) -> tuple[Environment, ...]:
        return tuple(e for e in self.project.production_environments if e.configuration.home == self.home)

    @cached_property
    def routers(self) -> tuple[Router, ...]:
        return tuple(Router(environment) for environment in self.environments)

    def of(self, source: Source) -> tuple[Delivery, ...]:
        """One where the code decides; else each that the settings of an environment lead to, and an unknown one where
        there are no settings."""
        said = source.said
        if said.queue is None or said.queue:
            by = "schedule" if source.kind == "schedule" else "call"
            return (Delivery(source, said.queue, by, said.location, said.statement),)
        own = self._own_queue(source)
        if own is not None:
            return (own,)
        found = tuple(dict.fromkeys(self._routed(source, router) for router in self.routers))
        return found or (Delivery(source, None, "default", said.location, said.statement),)

    def _own_queue(self, source: Source) -> Delivery | None:
        """What the task's options lead to; None where they name no queue."""
        task, program = source.task, self.project.program
        where = task.location or source.location
        if PLACEHOLDER in task.name:
            return Delivery(source, None, "task", where, where)
        if not task.path:
            return None
        values = {name: task.inherited_option(name) for name in ("queue", *EXCHANGES)}
        given = {name: value for name, value in values.items() if value is not None}
        if not given and (task.is_class or task.has_known_options):
            return None
        queue = _queue(given["queue"]) if "queue" in given else None
        if queue == "" and len(given) == 1:
            return None
        if any(_queue(value) != queue for value in given.values()):
            queue = None
        option = task.given.found.get("queue")
        if option is None:
            return Delivery(source, queue, "task", where, where)
        view = program.view(option.path)
        statement = program.location(option.path, view.statement(view.facts.calls[option.call].statement))
        return Delivery(source, queue, "task", program.location(option.path, option.span), statement)

    def _routed(self, source: Source, router: Router) -> Delivery:
        """By `task_routes`, else to the default queue."""
        said, program = source.said, self.project.program
        found = [router.find(name) for name in self.project.task_names.of(source.task)]
        route = next((route for route, _ in found if route is not None), None)
        if not all(is_certain for _, is_certain in found) or (route is not None and route.queue is None):
            return Delivery(source, None, "route", said.location, said.statement)
        place = route.place if route is not None and route.queue else None
        queue = route.queue if route is not None else ""
        by = "route"
        if not queue:
            setting = router.environment.setting("task_default_queue")
            place, queue, by = setting.datum, setting.text, "default"
        if place is None:
            return Delivery(source, queue, by, said.location, said.statement)
        location = program.location(place.path, place.span)
        return Delivery(source, queue, by, location, program.location(place.path, place.statement))
