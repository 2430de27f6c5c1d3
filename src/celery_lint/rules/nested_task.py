"""The rule of its page: `rules/nested-task.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("nested-task")
def nested_task(project: Project) -> Iterator[Nomination]:
    """Flags a task that exists only once a function has run, which no import does."""
    for definition in project.task_definitions:
        if definition.is_nested and not definition.is_made_at_import:
            yield definition.nominate("nested-task", {"function": definition.enclosing_function})
