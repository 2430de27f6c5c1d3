"""The rule of its page: `rules/generator-task.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("generator-task")
def generator_task(project: Project) -> Iterator[Nomination]:
    """Flags a task whose own body yields."""
    for definition in project.task_definitions:
        if definition.is_generator and definition.is_run_as_written:
            yield definition.nominate("generator-task")
