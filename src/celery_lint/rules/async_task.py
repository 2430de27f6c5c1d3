"""The rule of its page: `rules/async-task.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("async-task")
def async_task(project: Project) -> Iterator[Nomination]:
    """Flags `async def` right below a task decorator where no pool awaits it."""
    if project.has_async_pool:
        return
    for definition in project.task_definitions:
        if definition.is_async and not definition.is_generator and definition.is_run_as_written:
            yield definition.nominate("async-task")
