"""The rule of its page: `rules/duplicate-task-name.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("duplicate-task-name")
def duplicate_task_name(project: Project) -> Iterator[Nomination]:
    """Flags the later of two tasks that register one name."""
    for first, second in project.duplicate_tasks:
        yield second.nominate("duplicate-task-name", {"name": second.task.name}, trace=first.as_step("first here"))
