"""The rule of its page: `rules/mutable-task-state.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("mutable-task-state")
def mutable_task_state(project: Project) -> Iterator[Nomination]:
    """Flags a task that writes to a variable of its module."""
    for habit in project.habits:
        if habit.kind == "mutable-task-state":
            yield habit.nominate()
