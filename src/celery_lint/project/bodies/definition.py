"""How a task is defined: the decorators above and below, what kind of function it is, where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from celery_lint.facts import schema as s
from celery_lint.finding import Fix, Location, Nomination, Step
from celery_lint.knowledge import celery as celery_knowledge
from celery_lint.knowledge import tasks as task_knowledge
from celery_lint.project.bodies.foreign import BoundTask, bound_task
from celery_lint.project.bodies.wrapping import (
    Decorator,
    Wrapper,
    Wrapping,
    decorators_of,
    replaces_function,
    wrapper_made_by,
    wrapping_of,
)
from celery_lint.project.uses import State
from celery_lint.project.values import AtomicBlock, ClassValue, External, FunctionValue
from celery_lint.project.view import FileView

if TYPE_CHECKING:
    from celery_lint.project.project import Project
    from celery_lint.project.tasks import Task

__all__ = ["TaskDefinition", "task_definitions"]

PLAIN_BASES = celery_knowledge.PLAIN_TASK | celery_knowledge.DJANGO_TASK | {"celery.current_app.Task"}
NAMES_OF_TASK = ("self", "cls")
FARTHEST = 40
"""How many callers of a function are looked at before it counts as called by anything."""


class TaskDefinition(Struct, frozen=True, dict=True):
    """The `def` of a task that is made by a decorator."""

    project: Project
    task: Task

    @property
    def view(self) -> FileView:
        return self.project.program.view(self.task.path)

    @property
    def scope(self) -> s.Scope:
        return self.view.facts.scopes[self.task.value.scope]

    @property
    def function(self) -> FunctionValue:
        return FunctionValue(self.task.path, self.task.value.scope)

    @property
    def location(self) -> Location:
        return self.project.program.location(self.task.path, self.scope.span)

    @cached_property
    def decorators(self) -> tuple[Decorator, ...]:
        return decorators_of(self.project.evaluator, self.function)

    @cached_property
    def maker(self) -> Decorator | None:
        """The one decorator that makes it a task."""
        found = [decorator for decorator in self.decorators if decorator.makes_task]
        return found[0] if len(found) == 1 else None

    @property
    def above(self) -> tuple[Decorator, ...]:
        """The decorators that get the task, the outermost first."""
        return self.decorators[: self.decorators.index(self.maker)] if self.maker is not None else ()

    @cached_property
    def bound(self) -> BoundTask | None:
        """What it is when it belongs to an app outside of the package that others install."""
        return bound_task(self)

    @cached_property
    def wrapping(self) -> Wrapping:
        return wrapping_of(self.project.evaluator, self.function)

    @cached_property
    def is_run_as_written(self) -> bool:
        """Whether a worker certainly calls just this function: nothing stands between it and the task decorator, and
        the task's class leaves the call alone."""
        if self.wrapping.is_wrapped or self.maker is None:
            return False
        if self.project.has_own_task_class:
            return False
        base = self.task.base
        if isinstance(base, External):
            return base.name in PLAIN_BASES
        if isinstance(base, ClassValue):
            classes = self.project.evaluator.classes
            return classes.method(base, "__call__") is None and classes.inherits(base, celery_knowledge.TASK_BASES)
        return self.task.has_known_options

    # What kind of function it is

    @property
    def is_async(self) -> bool:
        return self.scope.is_async

    @property
    def is_generator(self) -> bool:
        return self.scope.is_generator

    @property
    def is_method(self) -> bool:
        """Whether it is defined in a class, as a method that wants an instance."""
        parameters = self.scope.parameters
        if self.view.class_of(self.task.value.scope) <= 0 or not parameters or self.static_decorator is not None:
            return False
        return parameters[0].name in NAMES_OF_TASK and self.task.is_bound is False

    @cached_property
    def static_decorator(self) -> Decorator | None:
        """Its `@staticmethod` or `@classmethod`."""
        for decorator in self.decorators:
            if decorator.value in (External("builtins.staticmethod"), External("builtins.classmethod")):
                return decorator
        return None

    @property
    def decorates_descriptor(self) -> bool:
        """Whether the task decorator stands above `@staticmethod` or `@classmethod`, and so gets no function."""
        descriptor, maker = self.static_decorator, self.maker
        if descriptor is None or maker is None:
            return False
        return self.decorators.index(maker) < self.decorators.index(descriptor)

    @property
    def takes_self(self) -> bool:
        """Whether the first parameter is called `self`, outside a class."""
        parameters = self.scope.parameters
        in_class = self.view.class_of(self.task.value.scope) > 0
        return not in_class and bool(parameters) and parameters[0].name == "self"

    @property
    def takes_nothing_by_position(self) -> bool:
        kinds = {parameter.kind for parameter in self.scope.parameters}
        return not kinds & {"positional-only", "positional", "variadic"}

    # Where it stands

    @cached_property
    def _outer(self) -> int:
        """The innermost function around it; 0 for none."""
        scopes = self.view.facts.scopes
        outer = self.scope.parent
        while outer > 0 and scopes[outer].kind == "class":
            outer = scopes[outer].parent
        return outer

    @property
    def is_nested(self) -> bool:
        return self._outer > 0

    @property
    def enclosing_function(self) -> str:
        return self.view.facts.scopes[self._outer].name

    @cached_property
    def is_made_at_import(self) -> bool:
        """Whether the function around it may run whenever its module, or one that uses it, is imported: something
        decorates it, it is a hook of a class or app, it gives the task back, or a module calls it."""
        state = State(self.task.path, self._outer)
        seen = {state}
        queue = [state]
        while queue:
            state = queue.pop()
            view = self.project.program.view(state.path)
            record = view.facts.scopes[state.scope]
            hook = record.name.startswith("__") or record.name in ("ready", "on_after_configure", "setup")
            if record.kind == "lambda" or record.decorators or hook or len(seen) > FARTHEST:
                return True
            if self._gives_back(view, state.scope):
                return True
            for use in self.project.callers.uses(state):
                caller = self.project.program.view(use.path).function_of(use.scope)
                above = State(use.path, caller)
                if caller <= 0:
                    return True
                if above not in seen:
                    seen.add(above)
                    queue.append(above)
        return False

    def _gives_back(self, view: FileView, scope: int) -> bool:
        """Whether the function returns anything, which may be the task, or hands the task to something."""
        returns = [i for i in view.returns_by_scope.get(scope, ()) if i.kind == "return" and i.value is not None]
        name = self.scope.name
        if any(not isinstance(item.value, s.Constant) and s.Name(name) == item.value for item in returns):
            return True
        return bool(view.arguments_by_name.get(name)) or any(b.value == s.Name(name) for b in view.facts.bindings)

    # What it uses

    @cached_property
    def missing_self(self) -> Location | None:
        """The first call of `self.retry` and the like where no `self` is defined."""
        view, names = self.view, self.project.evaluator.names
        for name in task_knowledge.TASK_METHODS:
            for number in view.calls_by_name.get(name, ()):
                call = view.facts.calls[number]
                place = self.project.program.place_of_call(view.path, call)
                of_self = isinstance(call.func, s.Attribute) and call.func.base == s.Name("self")
                if of_self and call.scope == self.task.value.scope and names.entries("self", place) is None:
                    return self.project.program.location(view.path, call.span)
        return None

    # What the decorators do

    @cached_property
    def hiding_decorator(self) -> Decorator | None:
        """The lowest decorator above the task that certainly gives a plain function instead of it."""
        for decorator in reversed(self.above):
            if isinstance(decorator.value, AtomicBlock) or is_plain_maker(decorator.value):
                return decorator
            wrapper = wrapper_made_by(self.project.evaluator, decorator.value)
            if wrapper is not None:
                return None if self._keeps_task(wrapper) else decorator
            return None
        return None

    def _keeps_task(self, wrapper: Wrapper) -> bool:
        """Whether the wrapper is a task itself, is given attributes (`wrapper.delay = task.delay`), or does not call
        what it stands for but sends it."""
        view = self.project.program.view(wrapper.path)
        scope = view.facts.scopes[wrapper.scope]
        named = any(b.base == s.Name(scope.name) for b in view.facts.bindings)
        return named or not wrapper.hands_on or len(scope.decorators) > 1

    @cached_property
    def nameless_wrapper(self) -> Wrapper | None:
        """The function that Celery gets instead of this one, when it keeps its own name and the task has none."""
        if "name" in self.task.options or not self.task.has_known_options or not self.wrapping.below:
            return None
        if any(replaces_function(self.project.evaluator, d.value) for d in self.decorators if d.makes_task):
            return None
        wrapper = wrapper_made_by(self.project.evaluator, self.wrapping.below[0].value)
        return wrapper if wrapper is not None and not wrapper.has_wraps else None

    def nominate(
        self,
        rule: str,
        values: Mapping[str, str] | None = None,
        *,
        trace: tuple[Step, ...] = (),
        fix: Fix | None = None,
        label: str = "",
    ) -> Nomination:
        """A nomination at the definition; `{task}` is filled in."""
        statement = self.project.program.location(self.task.path, self.view.statement(self.scope.statement))
        values = {"task": self.scope.name, **(values or {})}
        return Nomination(
            rule, self.location, statement, values, expect="definition", trace=trace, fix=fix, label=label
        )

    def as_step(self, message: str) -> tuple[Step, ...]:
        return (Step(self.location, message, aside=True),)

    def nominate_at(
        self,
        rule: str,
        location: Location,
        expect: str,
        values: Mapping[str, str] | None = None,
        fix: Fix | None = None,
    ) -> Nomination:
        """A nomination at something inside the definition, such as a decorator."""
        statement = self.project.program.location(self.task.path, self.view.statement(self.scope.statement))
        values = {"task": self.scope.name, **(values or {})}
        return Nomination(rule, location, statement, values, expect=expect, fix=fix)


def is_plain_maker(value: object) -> bool:
    return isinstance(value, External) and value.name in task_knowledge.PLAIN_FUNCTION_MAKERS


def task_definitions(project: Project) -> Iterator[TaskDefinition]:
    """The tasks that are functions, outside tests, in the order of files and lines."""
    for task in project.tasks.all:
        if not task.is_class:
            yield TaskDefinition(project, task)
