"""The rule of its page: `rules/task-in-class.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.finding import Applicability, MoveDecorator
from celery_lint.rule import Fix, Nomination, Project, rule


@rule("task-in-class")
def task_in_class(project: Project) -> Iterator[Nomination]:
    """Flags a task decorator on a method, or above `@staticmethod`."""
    for definition in project.task_definitions:
        maker, static = definition.maker, definition.static_decorator
        if maker is not None and static is not None and definition.decorates_descriptor:
            move = MoveDecorator(static.location, maker.location)
            fix = Fix("Put the task decorator below", Applicability.SAFE, (move,))
            values = {"what": "the task decorator gets no function but what the decorator below makes of it"}
            yield definition.nominate_at("task-in-class", maker.location, "decorator", values, fix)
        elif definition.is_method:
            yield definition.nominate("task-in-class", {"what": "the method is a task, and nobody passes `self`"})
