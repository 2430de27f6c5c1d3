"""Tasks that get a name that another task has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from celery_lint.finding import AddDecorator, AddImport, Applicability, Fix, Nomination
from celery_lint.project.bodies.definition import TaskDefinition
from celery_lint.project.bodies.wrapping import Wrapper
from celery_lint.project.values import Literal

if TYPE_CHECKING:
    from celery_lint.project.project import Project

__all__ = ["WrapperClash", "duplicate_tasks", "wrapper_clashes"]

CONDITIONS = ("if", "try", "except", "else", "match", "loop")


class WrapperClash(Struct, frozen=True):
    """A decorator's wrapper under whose name several tasks are registered."""

    project: Project
    wrapper: Wrapper
    definitions: tuple[TaskDefinition, ...]

    def nominate(self, rule: str) -> Nomination:
        """A nomination at the wrapper, with the tasks behind it."""
        program, path = self.project.program, self.wrapper.path
        view = program.view(path)
        scope = view.facts.scopes[self.wrapper.scope]
        location = program.location(path, scope.span)
        statement = program.location(path, view.statement(scope.statement))
        decorated = view.facts.scopes[scope.parent].parameters[0].name
        fix = Fix(
            "Keep the names apart",
            Applicability.SAFE,
            (AddDecorator(location, f"functools.wraps({decorated})"), AddImport(path, "functools")),
        )
        trace = tuple(step for each in self.definitions for step in each.as_step("a task by this name"))
        module = program.sources.module_name(path)
        values = {"name": f"{module}.{scope.name}", "count": str(len(self.definitions))}
        return Nomination(rule, location, statement, values, expect="definition", trace=trace, fix=fix)


def wrapper_clashes(project: Project) -> Iterator[WrapperClash]:
    found: dict[Wrapper, list[TaskDefinition]] = {}
    for definition in project.task_definitions:
        wrapper = definition.nameless_wrapper
        if wrapper is not None:
            found.setdefault(wrapper, []).append(definition)
    for wrapper, definitions in sorted(found.items(), key=lambda item: (item[0].path, item[0].scope)):
        if len(definitions) > 1:
            yield WrapperClash(project, wrapper, tuple(definitions))


def duplicate_tasks(project: Project) -> Iterator[tuple[TaskDefinition, TaskDefinition]]:
    """Pairs of tasks that certainly register one name in one process, the earlier first: two of one name in a module,
    or two that are given one name in the same package."""
    found: dict[tuple[str, str], TaskDefinition] = {}
    for definition in project.task_definitions:
        name = registered_name(definition)
        if name is None:
            continue
        explicit = "name" in definition.task.options
        where = definition.task.path.partition("/")[0] if explicit else definition.task.path
        key = (f"{project.settings.home(definition.task.path)}:{where}", name)
        first = found.setdefault(key, definition)
        if first is not definition:
            yield first, definition


def registered_name(definition: TaskDefinition) -> str | None:
    """The name, when the definition certainly runs and nothing about the name is unknown."""
    task, view = definition.task, definition.view
    if definition.maker is None or not task.has_known_options or definition.nameless_wrapper is not None:
        return None
    if definition.scope.parent > 0 or any(f.kind in CONDITIONS for _, f in view.frames_up(definition.scope.outer)):
        return None
    given = task.options.get("name")
    if given is not None and not (isinstance(given, Literal) and isinstance(given.value, str)):
        return None
    return task.name
