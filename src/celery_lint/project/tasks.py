"""The project's tasks: where they are defined, what they are called, with which options and base."""

from __future__ import annotations

import re
from functools import cached_property

from celery_lint.facts import schema as s
from celery_lint.finding import Location
from celery_lint.knowledge import celery as celery_knowledge
from celery_lint.project.bodies.body import Body
from celery_lint.project.bodies.options import TaskOptions, options_of
from celery_lint.project.bodies.signature import TaskSignature, signature_of
from celery_lint.project.callers import Callers
from celery_lint.project.evaluate import Evaluator
from celery_lint.project.program import Program
from celery_lint.project.values import (
    ClassValue,
    External,
    FunctionValue,
    Instance,
    Literal,
    TaskValue,
    Value,
)
from celery_lint.project.view import within

__all__ = ["Task", "Tasks"]

KNOWN_BASES = celery_knowledge.TASK_BASES | {"builtins.object", "abc.ABC"}
NO_BASE = Literal("NoneType", None)
SEEDS = ("shared_task", "task", "register_task", "periodic_task")
SEED = re.compile(rb"shared_task|\.task\b|register_task|periodic_task")


class Task:
    """A task of the project, or one known only by name (`path` is empty then)."""

    def __init__(self, program: Program, evaluator: Evaluator, callers: Callers, value: TaskValue) -> None:
        self.program = program
        self.evaluator = evaluator
        self.callers = callers
        self.value = value
        self.path = value.path

    @cached_property
    def name(self) -> str:
        """The registered name: explicit, else module and function."""
        if not self.value.path:
            return self.value.name
        explicit = self.option("name")
        if isinstance(explicit, Literal) and isinstance(explicit.value, str):
            return explicit.value
        view = self.program.view(self.value.path)
        module = self.program.sources.module_name(self.value.path)
        name = view.facts.scopes[self.value.scope].name
        return f"{module}.{name}" if module else name

    @cached_property
    def location(self) -> Location | None:
        """Its `def` or `class` line as far as the name."""
        if not self.value.path:
            return None
        scope = self.program.view(self.value.path).facts.scopes[self.value.scope]
        return self.program.location(self.value.path, scope.span)

    @cached_property
    def is_class(self) -> bool:
        if not self.value.path:
            return False
        return self.program.view(self.value.path).facts.scopes[self.value.scope].kind == "class"

    @cached_property
    def given(self) -> TaskOptions:
        """What its decorators are given, with the places."""
        return options_of(self)

    @cached_property
    def options(self) -> dict[str, Value]:
        """The decorator's keyword options, its project wrappers' included."""
        return {name: option.value for name, option in self.given.found.items()}

    @property
    def has_known_options(self) -> bool:
        """Whether nothing can be among the options that is not in `options`."""
        return self.given.is_complete

    def option(self, name: str) -> Value | None:
        if self.is_class:
            return self.evaluator.attribute(ClassValue(self.value.path, self.value.scope), name)
        return self.options.get(name)

    def inherited_option(self, name: str) -> Value | None:
        """The option, else the attribute of a base class of the project."""
        own = self.option(name)
        if own is not None or self.is_class or not isinstance(self.base, ClassValue):
            return own
        for owner, binding in self.evaluator.classes.attributes(self.base, name):
            return self.evaluator.definitions.of_binding(self.program.view(owner.path), binding)
        return None

    def may_have_option(self, name: str) -> bool:
        """Whether its decorators, or a base class that is the project's or not known, give it the option."""
        return self.inherited_option(name) is not None or not self.has_known_options or self.base_is_unknown

    @cached_property
    def is_bound(self) -> bool | None:
        """Whether its function gets the task first; None when `bind` cannot be read."""
        given = self.options.get("bind")
        if given is None:
            return False if self.has_known_options else None
        return given.value if isinstance(given, Literal) and isinstance(given.value, bool) else None

    @cached_property
    def function(self) -> FunctionValue | None:
        """What a worker runs: the decorated function, or `run` of a class."""
        if not self.path:
            return None
        if self.is_class:
            return self.evaluator.classes.method(ClassValue(self.path, self.value.scope), "run")
        return FunctionValue(self.path, self.value.scope)

    @cached_property
    def body(self) -> Body | None:
        return Body(self.evaluator, self.function) if self.function is not None else None

    @cached_property
    def signature(self) -> TaskSignature | None:
        """What a caller may pass; None when it cannot be told."""
        return signature_of(self)

    @cached_property
    def base(self) -> ClassValue | External | None:
        """The project's or another package's task class; None where it is the app's own."""
        if self.is_class:
            return ClassValue(self.value.path, self.value.scope)
        given = self.options.get("base")
        return given if isinstance(given, ClassValue | External) else None

    def _overrides(self, name: str) -> FunctionValue | None:
        if isinstance(self.base, ClassValue):
            return self.evaluator.classes.method(self.base, name)
        return None

    def waits_for_commit(self, method: str) -> bool:
        """Whether the base's own `delay` or `apply_async` hands the sending to `on_commit`; `delay` calls the
        other."""
        for name in ("apply_async", "delay") if method == "delay" else ("apply_async",):
            function = self._overrides(name)
            if function is None:
                continue
            view = self.program.view(function.path)
            for call in view.facts.calls:
                if within(view.facts.scopes, call.scope, function.scope):
                    value = self.evaluator.value(call.func, self.program.place_of_call(view.path, call))
                    if self.evaluator.is_on_commit(value):
                        return True
        return False

    @cached_property
    def changes_arguments(self) -> bool:
        """Whether the base's `apply_async` or `delay` sends other arguments than it is given."""
        for name in ("apply_async", "delay", "signature", "subtask"):
            function = self._overrides(name)
            if function is None:
                continue
            view = self.program.view(function.path)
            own = {p.name for p in view.facts.scopes[function.scope].parameters[1:]}
            for binding in view.facts.bindings:
                inside = within(view.facts.scopes, binding.scope, function.scope)
                if inside and binding.base is None and binding.target in own and binding.kind == "assign":
                    return True
            for call in view.facts.calls:
                if within(view.facts.scopes, call.scope, function.scope) and is_super_send(view.facts, call):
                    handed = (*call.args, *(keyword.value for keyword in call.keywords))
                    if any(isinstance(arg, s.CallRef | s.Comprehension) for arg in handed):
                        return True
        return False

    @property
    def base_is_unknown(self) -> bool:
        """Whether its class is another package's, and not Celery's."""
        return isinstance(self.base, External) and self.base.name not in celery_knowledge.TASK_BASES

    @cached_property
    def has_known_bases(self) -> bool:
        """Whether all its classes are the project's or Celery's, so that what they override can be seen."""
        if isinstance(self.base, ClassValue):
            bases = self.evaluator.classes.order(self.base)
            return all(isinstance(base, ClassValue) or base.name in KNOWN_BASES for base in bases)
        given = self.base or self.options.get("base", NO_BASE)
        return given == NO_BASE or (isinstance(given, External) and given.name in celery_knowledge.TASK_BASES)

    @cached_property
    def is_sent_by_celery(self) -> bool:
        """Whether its `delay` and `apply_async` certainly are Celery's own."""
        return self.has_known_bases and not any(
            self._overrides(name) for name in ("apply_async", "delay", "signature", "subtask")
        )

    @cached_property
    def django_base(self) -> bool | None:
        """Whether the task certainly has `delay_on_commit`; None when it cannot be told."""
        if isinstance(self.base, External):
            if self.base.name in celery_knowledge.DJANGO_TASK:
                return True
            return False if self.base.name in celery_knowledge.PLAIN_TASK else None
        if isinstance(self.base, ClassValue):
            if self._overrides("delay_on_commit"):
                return True
            if self.evaluator.classes.inherits(self.base, celery_knowledge.DJANGO_TASK):
                return True
            if self.evaluator.classes.inherits(self.base, celery_knowledge.PLAIN_TASK):
                return False
            return None
        return None if not self.value.path else True


def is_super_send(facts: s.FileFacts, call: s.Call) -> bool:
    if not isinstance(call.func, s.Attribute) or not isinstance(call.func.base, s.CallRef):
        return False
    base = facts.calls[call.func.base.index].func
    return call.func.name in ("apply_async", "delay") and isinstance(base, s.Name) and base.id == "super"


class Tasks:
    """All tasks of the project, found from the files that can define one."""

    def __init__(self, program: Program, evaluator: Evaluator, callers: Callers) -> None:
        self.program = program
        self.evaluator = evaluator
        self.callers = callers
        self._known: dict[TaskValue, Task] = {}

    def of(self, value: TaskValue) -> Task:
        known = self._known.get(value)
        if known is None:
            known = self._known[value] = Task(self.program, self.evaluator, self.callers, value)
        return known

    @cached_property
    def all(self) -> tuple[Task, ...]:
        """Outside tests, in the order of files and lines."""
        found: dict[TaskValue, None] = {}
        decorators: set[str] = set()
        sources = self.program.sources
        seeds = tuple(sources.code_matching(SEEDS, SEED))
        for path in seeds:
            self._collect(path, found)
            decorators |= self._own_decorators(path)
        for name in sorted(decorators):
            for path in sources.code_containing(name):
                if path not in seeds:
                    self._collect(path, found)
        return tuple(sorted((self.of(v) for v in found), key=lambda t: (t.path, t.value.scope)))

    @cached_property
    def by_function(self) -> dict[tuple[str, int], Task]:
        """The tasks of the project by the function that a worker runs for them."""
        return {(task.function.path, task.function.scope): task for task in self.all if task.function is not None}

    def _collect(self, path: str, found: dict[TaskValue, None]) -> None:
        view = self.program.view(path)
        for number, scope in enumerate(view.facts.scopes):
            if scope.kind == "function" and scope.decorators:
                value = self.evaluator.definitions.of_scope(path, number)
                if isinstance(value, TaskValue) and value.path == path:
                    found[value] = None
        for number in view.calls_by_name.get("register_task", ()):
            value = self.evaluator.value(s.CallRef(number), self.program.end_of(path))
            if isinstance(value, TaskValue) and value.path:
                found[value] = None

    def _own_decorators(self, path: str) -> set[str]:
        """Names of module-level functions, classes and variables here that make tasks of what they decorate."""
        view = self.program.view(path)
        names = set()
        for (scope, name), entries in view.definitions.items():
            entry = entries[-1]
            if scope != 0 or entry.imported is not None:
                continue
            value: Value = self.evaluator.define(view, 0, entry)
            if isinstance(value, ClassValue):
                if self.evaluator.classes.own_function(value, "__call__") is None:
                    continue
                value = Instance(value)
            if not isinstance(value, TaskValue) and self.evaluator.definitions.task_made_by(value, 0):
                names.add(name)
            elif isinstance(value, FunctionValue):
                made = self.evaluator.results.of_function(value)
                if not isinstance(made, TaskValue) and self.evaluator.definitions.task_made_by(made, 0):
                    names.add(name)
        return names

    def register_names(self) -> None:
        """Let `send_task("shop.tasks.pay")` and `signature("…")` find their tasks."""
        for task in self.all:
            self.evaluator.results.task_names.setdefault(task.name, task.value)
