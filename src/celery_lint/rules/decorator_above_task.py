"""The rule of its page: `rules/decorator-above-task.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.finding import Applicability, MoveDecorator
from celery_lint.rule import Fix, Nomination, Project, rule


@rule("decorator-above-task")
def decorator_above_task(project: Project) -> Iterator[Nomination]:
    """Flags a decorator that gives back a plain function and stands above the task decorator."""
    for definition in project.task_definitions:
        decorator, maker = definition.hiding_decorator, definition.maker
        if decorator is not None and maker is not None:
            move = MoveDecorator(maker.location, decorator.location)
            fix = Fix("Put the task decorator on top", Applicability.UNSAFE, (move,))
            yield definition.nominate_at("decorator-above-task", decorator.location, "decorator", fix=fix)
