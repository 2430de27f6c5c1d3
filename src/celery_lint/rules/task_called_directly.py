"""The rule of its page: `rules/task-called-directly.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("task-called-directly")
def task_called_directly(project: Project) -> Iterator[Nomination]:
    """Flags a task that is called as a function, so that no message is sent."""
    for habit in project.habits:
        if habit.kind == "task-called-directly":
            yield habit.nominate()
