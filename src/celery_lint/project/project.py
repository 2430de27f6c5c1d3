"""The linked project as rules see it: lazy, and the same whatever is asked first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from celery_lint.facts import schema as s
from celery_lint.finding import Location, Nomination
from celery_lint.knowledge.tasks import ASYNC_POOLS
from celery_lint.project import testing
from celery_lint.project.arguments.message import Message
from celery_lint.project.arguments.messages import messages
from celery_lint.project.bodies.definition import TaskDefinition, task_definitions
from celery_lint.project.bodies.habits import Habit, habits
from celery_lint.project.bodies.misspelt import MisspeltOption, misspelt_options
from celery_lint.project.bodies.naming import WrapperClash, duplicate_tasks, wrapper_clashes
from celery_lint.project.bodies.removed import RemovedImport, removed_imports
from celery_lint.project.bodies.repeats import RepeatedEffect, repeated_effects
from celery_lint.project.bodies.waiting import (
    BlockingCall,
    WaitingCall,
    blocking_calls,
    requests_in_tasks,
    sleeps_in_tasks,
)
from celery_lint.project.callers import Callers
from celery_lint.project.canvas.canvas import Canvases
from celery_lint.project.canvas.chords import Chord, chords
from celery_lint.project.canvas.exposure import ExposedResult, exposed_results
from celery_lint.project.canvas.fans import Fan, fans
from celery_lint.project.canvas.mapping import BadMap, bad_maps
from celery_lint.project.canvas.results import Wait, questions, waits
from celery_lint.project.clock import Clock
from celery_lint.project.configuration import Configuration, Environment, configurations, homes, kind_of_backend
from celery_lint.project.contexts import Contexts
from celery_lint.project.deployments import Deployment, deployments
from celery_lint.project.dispatch import Dispatch
from celery_lint.project.dispatches import PARTS, VERB, VERBS, Dispatches, Sending
from celery_lint.project.eager import Eager
from celery_lint.project.entries import Entries
from celery_lint.project.evaluate import Evaluator
from celery_lint.project.handovers import Handover, handovers
from celery_lint.project.loading import Loading
from celery_lint.project.locking import LockingQuery, locking_queries
from celery_lint.project.places import is_settings_path, place_of
from celery_lint.project.program import Program
from celery_lint.project.reach import Reach
from celery_lint.project.recall import NOTHING, Recall
from celery_lint.project.requirements import is_pinned, names_package, parse_version, required_version
from celery_lint.project.retries.failures import Failures
from celery_lint.project.retries.options import AutoretryOption, autoretry_options
from celery_lint.project.retries.plans import RetryPlan, retry_plans
from celery_lint.project.retries.rates import RateLimit, rate_limits
from celery_lint.project.retries.retry import Retry, retries
from celery_lint.project.schedules import (
    BeatEntry,
    Crontab,
    PeriodicTask,
    TaskNames,
    beat_entries,
    crontabs,
    periodic_tasks,
)
from celery_lint.project.services import Services, WorkerCommand
from celery_lint.project.settings import Assignment, Settings
from celery_lint.project.sources import Sources
from celery_lint.project.surroundings import Surroundings
from celery_lint.project.tasks import SEED, SEEDS, Tasks
from celery_lint.project.transactions import Transactions
from celery_lint.project.values import ClassValue, External, Literal, Value
from celery_lint.project.wiring import Wiring

if TYPE_CHECKING:
    from concurrent.futures import Executor

__all__ = ["Dispatch", "Project", "Unreadable"]

BEGINNINGS = (*SEEDS, *VERBS, *PARTS, "async", "atomic", "celery", "on_commit", "receiver", "requests", "sleep")
OWN_COMMENT = re.compile(rb"celery-lint:|noqa: CLT")
OWN_COMMENTS = (b"celery-lint:", b"noqa: CLT")
SETTINGS = re.compile(rb"\bCELERY|\bBROKER_|\bINSTALLED_APPS\b")
"""What a settings module that cannot be read would have said."""


class Unreadable(Struct, frozen=True):
    """A file that cannot be read or parsed; `relevant` when its bytes speak of Celery or of this tool."""

    path: str
    line: int
    column: int
    message: str
    relevant: bool


class Project:
    """A tree of files, understood whole.

    `root` is a directory, `files` are the paths of its Python files relative to it, `overlay` replaces the
    content of some of them, `target_celery` ("5.4") overrides the version that the project's files ask for.
    `deployment` are the files that may say what runs in production; they are read when `services` is asked for.
    `recall` is what earlier runs knew. Without the `sieve` all code counts as what may matter.
    """

    def __init__(
        self,
        root: str,
        files: Sequence[str],
        *,
        deployment: Sequence[str] = (),
        overlay: Mapping[str, bytes] | None = None,
        target_celery: str | None = None,
        recall: Recall | None = None,
        sieve: bool = True,
    ) -> None:
        self.root = root
        self.around = Surroundings(root)
        recall = recall or NOTHING
        self.sources = Sources(root, files, overlay or {}, recall, sieve=sieve)
        self.program = Program(self.sources, recall)
        self.evaluator = Evaluator(self.program)
        self.callers = Callers(self.program, self.evaluator)
        self.transactions = Transactions(self.program, self.evaluator)
        self.transactions.callers = self.callers
        self.tasks = Tasks(self.program, self.evaluator, self.callers)
        self.settings = Settings(self.program, self.evaluator)
        self.entries = Entries(self.program, self.evaluator, self.callers.signals, self.settings)
        self.transactions.entries = self.entries
        self.contexts = Contexts(self)
        self.failures = Failures(self)
        self.services = Services(self, deployment)
        self.wiring = Wiring(self)
        self.loading = Loading(self)
        self._kinds_of_backends: dict[str, str] = {}
        self._target = parse_version(target_celery) if target_celery else None

    @property
    def file_count(self) -> int:
        return len(self.sources.files)

    def source(self, path: str) -> bytes:
        return self.sources.read(path)

    def scope(self, path: str) -> str:
        """ "production", "development" or "tests"."""
        return place_of(path)

    @property
    def looked_for(self) -> frozenset[str]:
        """The files besides those of the project that were asked for so far, there or not."""
        return self.sources.strays | self.around.looked_for

    @property
    def timings(self) -> dict[str, float]:
        """CPU seconds spent reading facts so far."""
        return {"facts": self.program.seconds}

    @property
    def unreadable(self) -> Iterable[Unreadable]:
        """The files that failed, among those a rule asked for and those that speak of Celery."""
        for path in self.sources.code_with_any((*SEEDS, *VERBS)):
            if self.sources.has_match(path, SEED) or self.sources.has_match(path, VERB):
                self.program.view(path)
        for path in self.sources.elsewhere_containing(OWN_COMMENTS):
            self.program.view(path)
        for view in sorted(self.program.views, key=lambda v: v.path):
            failure = view.facts.failure
            if failure is not None:
                content = self.sources.read(view.path)
                speaks = SEED.search(content) or VERB.search(content) or OWN_COMMENT.search(content)
                relevant = bool(speaks) or (is_settings_path(view.path) and bool(SETTINGS.search(content)))
                yield Unreadable(view.path, failure.line, failure.column, failure.message, relevant)
        for path, message in sorted(self.sources.unreadable.items()):
            yield Unreadable(path, 1, 1, message, relevant=False)
        for broken in self.services.broken:
            yield Unreadable(broken.path, broken.line, broken.column, broken.message, relevant=True)

    def parse_ahead(self, executor: Executor) -> None:
        """Have the executor parse the files that most rules begin with."""
        self.program.parse_ahead(executor, self.sources.code_with_any(BEGINNINGS))

    def check_file(self, path: str) -> None:
        """Read a file's facts whether or not a rule needs them, so that `unreadable` knows it."""
        self.program.view(path)

    @cached_property
    def celery_version(self) -> tuple[int, ...] | None:
        return self._target or required_version(self.around, "celery")

    @cached_property
    def pins_celery(self) -> bool:
        """Whether `celery_version` is the release that runs, not only the oldest that may."""
        return self._target is not None or is_pinned(self.around, "celery")

    def pinned_version(self, package: str) -> tuple[int, ...] | None:
        """The release of another package that certainly runs: "kombu", "django-celery-beat"."""
        return required_version(self.around, package) if is_pinned(self.around, package) else None

    @cached_property
    def has_django_app(self) -> bool:
        """Whether every Celery app certainly gets the Django fixup, which gives tasks `delay_on_commit`: the module
        names DJANGO_SETTINGS_MODULE before it makes a plain `Celery(…)`."""
        apps = self.settings.apps
        return bool(apps) and all(self.settings.has_django_fixup(app) for app in apps)

    @cached_property
    def lacks_django_app(self) -> bool:
        """Whether no Celery app of the project gets the Django fixup."""
        apps = self.settings.apps
        return bool(apps) and all(self.settings.lacks_django_fixup(app) for app in apps)

    @cached_property
    def has_own_task_class(self) -> bool:
        """Whether an app gives its tasks a class of its own, or may do so by options that are spread out."""
        for app in self.settings.apps:
            call = self.program.view(app.path).facts.calls[app.call]
            if self.settings.gives_task_class(app) or any(keyword.name is None for keyword in call.keywords):
                return True
        return False

    @cached_property
    def has_async_pool(self) -> bool:
        """Whether the project uses a package whose worker pool awaits tasks."""
        words = tuple(package.replace("-", "_") for package in ASYNC_POOLS)
        if any(self.sources.mentioning(word) for word in words):
            return True
        return any(names_package(self.around, package) for package in ASYNC_POOLS)

    @cached_property
    def task_definitions(self) -> tuple[TaskDefinition, ...]:
        return tuple(task_definitions(self))

    @cached_property
    def requests_in_tasks(self) -> tuple[WaitingCall, ...]:
        return tuple(requests_in_tasks(self))

    @cached_property
    def sleeps_in_tasks(self) -> tuple[WaitingCall, ...]:
        return tuple(sleeps_in_tasks(self))

    @cached_property
    def blocking_calls(self) -> tuple[BlockingCall, ...]:
        return tuple(blocking_calls(self))

    @cached_property
    def repeated_effects(self) -> tuple[RepeatedEffect, ...]:
        return tuple(repeated_effects(self))

    @cached_property
    def habits(self) -> tuple[Habit, ...]:
        return tuple(habits(self))

    @cached_property
    def wrapper_clashes(self) -> tuple[WrapperClash, ...]:
        return tuple(wrapper_clashes(self))

    @cached_property
    def duplicate_tasks(self) -> tuple[tuple[TaskDefinition, TaskDefinition], ...]:
        return tuple(duplicate_tasks(self))

    @cached_property
    def misspelt_options(self) -> tuple[MisspeltOption, ...]:
        return tuple(misspelt_options(self))

    @cached_property
    def removed_imports(self) -> tuple[RemovedImport, ...]:
        return tuple(removed_imports(self))

    @cached_property
    def dispatches(self) -> tuple[Dispatch, ...]:
        """Every dispatch outside tests, in the order of files and lines."""
        self.tasks.register_names()
        finder = Dispatches(self.program, self.evaluator, self.callers, self.transactions)
        return tuple(Dispatch(self, sending.path, sending.call, sending) for sending in finder.find())

    @cached_property
    def reach(self) -> Reach:
        """How the dispatches that do not wait for the commit are reached."""
        called = {(h.path, h.callback.index) for h in self.on_commit_calls if isinstance(h.callback, s.CallRef)}
        sendings = [
            d.sending
            for d in self.dispatches
            if not d.waits_for_commit and (d.sending.path, d.sending.call) not in called
        ]
        return Reach(self.program, self.callers, self.transactions, sendings)

    def dispatch(self, sending: Sending) -> Dispatch:
        return self._by_place[sending.path, sending.call]

    def dispatch_at(self, path: str, call: int) -> Dispatch | None:
        return self._by_place.get((path, call))

    @cached_property
    def on_commit_calls(self) -> tuple[Handover, ...]:
        return handovers(self)

    @cached_property
    def messages(self) -> tuple[Message, ...]:
        return messages(self)

    @cached_property
    def retries(self) -> tuple[Retry, ...]:
        return tuple(retries(self))

    @cached_property
    def autoretry_options(self) -> tuple[AutoretryOption, ...]:
        return tuple(autoretry_options(self))

    @cached_property
    def retry_plans(self) -> tuple[RetryPlan, ...]:
        return tuple(retry_plans(self))

    @cached_property
    def rate_limits(self) -> tuple[RateLimit, ...]:
        return tuple(rate_limits(self))

    @cached_property
    def locking_queries(self) -> tuple[LockingQuery, ...]:
        return locking_queries(self)

    @property
    def workers(self) -> tuple[WorkerCommand, ...]:
        """Every worker that a deployment file starts, development and tests included."""
        return self.services.workers

    @cached_property
    def deployments(self) -> tuple[Deployment, ...]:
        """What production runs of each Django project of the tree, with what its settings say."""
        return tuple(deployments(self))

    @cached_property
    def waits(self) -> tuple[Wait, ...]:
        self.tasks.register_names()
        return waits(self)

    @cached_property
    def result_questions(self) -> tuple[Wait, ...]:
        """Where it is asked whether a result is there."""
        self.tasks.register_names()
        return questions(self)

    @cached_property
    def chords(self) -> tuple[Chord, ...]:
        return tuple(chords(self))

    @cached_property
    def exposed_results(self) -> tuple[ExposedResult, ...]:
        self.tasks.register_names()
        return tuple(exposed_results(self))

    @cached_property
    def fans(self) -> tuple[Fan, ...]:
        self.tasks.register_names()
        return tuple(fans(self))

    @cached_property
    def bad_maps(self) -> tuple[BadMap, ...]:
        self.tasks.register_names()
        return tuple(bad_maps(self))

    @cached_property
    def canvases(self) -> Canvases:
        self.tasks.register_names()
        return Canvases(self)

    @cached_property
    def clock(self) -> Clock:
        return Clock(self.settings)

    @cached_property
    def crontabs(self) -> tuple[Crontab, ...]:
        return tuple(crontabs(self))

    @cached_property
    def beat_entries(self) -> tuple[BeatEntry, ...]:
        """What production's settings have Beat send."""
        return tuple(beat_entries(self))

    @cached_property
    def periodic_tasks(self) -> tuple[PeriodicTask, ...]:
        """What code has Beat send."""
        return tuple(periodic_tasks(self))

    @cached_property
    def task_names(self) -> TaskNames:
        return TaskNames(self)

    @cached_property
    def eager(self) -> Eager:
        return Eager(self)

    @cached_property
    def swallowing(self) -> tuple[testing.Swallowing, ...]:
        return tuple(testing.swallowing(self))

    @cached_property
    def test_workers(self) -> tuple[testing.TestWorker, ...]:
        return tuple(testing.test_workers(self))

    @cached_property
    def overrides_without_effect(self) -> tuple[testing.Override, ...]:
        return tuple(testing.overrides_without_effect(self))

    @cached_property
    def unreached_commits(self) -> tuple[testing.UnreachedCommit, ...]:
        return tuple(testing.unreached_commits(self))

    @cached_property
    def configurations(self) -> tuple[Configuration, ...]:
        """What Celery will see, app by app."""
        return configurations(self)

    def stores_json_results(self, path: str) -> bool:
        """Whether the project of the file certainly stores the results of its tasks, and as JSON."""
        home = self.settings.home(path)
        environments = (e for c in self.configurations if c.home == home for e in c.production)
        stores = [e for e in environments if e.result_store is not None and e.is_complete]
        return bool(stores) and all(e.setting("result_serializer").text == "json" for e in stores)

    def kind_of_backend(self, path: str) -> str:
        """ "none" where the project of the file certainly has no result backend; "rpc", "database", "file"; else ""."""
        home = self.settings.home(path)
        if home not in self._kinds_of_backends:
            environments = [e for c in self.configurations if c.home == home for e in c.production]
            self._kinds_of_backends[home] = kind_of_backend(environments, self.workers)
        return self._kinds_of_backends[home]

    @cached_property
    def production_environments(self) -> tuple[Environment, ...]:
        """What production may run, of every app."""
        return tuple(environment for each in self.configurations for environment in each.production)

    def is_read(self, name: str, setters: set[str]) -> bool:
        """Whether code uses a setting's name for itself: elsewhere, or in a file of settings, where it may only be set,
        as it is in those of the `setters`."""
        mentioning = {*self.sources.mentioning(name), *setters}
        setting = {path for path in mentioning if path in setters or is_settings_path(path)}
        if mentioning != setting:
            return True
        return any(self.settings.is_read(self.program.view(path), name) for path in setting)

    @cached_property
    def configured_homes(self) -> tuple[tuple[Configuration, ...], ...]:
        """The configurations of each Django project of the tree, for what is said once a project."""
        return homes(self)

    def base_option(self, base: ClassValue | External, name: str) -> Value | None:
        """An attribute that a project's task base sets."""
        if not isinstance(base, ClassValue):
            return None
        for owner, binding in self.evaluator.classes.attributes(base, name):
            return self.evaluator.definitions.of_binding(self.program.view(owner.path), binding)
        return None

    @cached_property
    def named_serializers(self) -> frozenset[str]:
        """The serializers for messages that settings name."""
        settings = self.settings.assignments(frozenset({"CELERY_TASK_SERIALIZER", "task_serializer"}))
        values = (self.settings.value_of(item) for item in settings)
        return frozenset(str(value.value) for value in values if isinstance(value, Literal) and value.value is not None)

    @property
    def instance_consequence(self) -> str:
        """What becomes of a model instance in a message, by the project's serializer."""
        if self.named_serializers - {"json"}:
            return "the worker gets it as it was when it was sent"
        return "JSON cannot carry it, so sending it raises EncodeError"

    @cached_property
    def writes_json(self) -> bool:
        """Whether messages are JSON unless a task says otherwise, and kombu has learned no types from the project."""
        settings = self.settings.assignments(frozenset({"CELERY_TASK_SERIALIZER", "task_serializer"}))
        if any(self.settings.value_of(item) != Literal("str", "json") for item in settings):
            return False
        return not any(
            self.sources.has_text(path, b"register_type(") for path in self.sources.mentioning("register_type")
        )

    def text(self, location: Location) -> str:
        """The source text of a region; columns count code points."""
        lines = self.source(location.path).decode("utf-8-sig", "replace").split("\n")
        part = lines[location.line - 1 : location.end_line]
        part[-1] = part[-1][: location.end_column - 1]
        part[0] = part[0][location.column - 1 :]
        return "\n".join(part)

    def nominate_setting(self, rule: str, item: Assignment, values: Mapping[str, str] | None = None) -> Nomination:
        """A nomination at the place that sets a setting."""
        location = self.program.location(item.path, item.span)
        statement = self.program.location(item.path, item.statement)
        return Nomination(rule, location, statement, dict(values or {}), expect="")

    @cached_property
    def _by_place(self) -> dict[tuple[str, int], Dispatch]:
        return {(d.sending.path, d.sending.call): d for d in self.dispatches}
