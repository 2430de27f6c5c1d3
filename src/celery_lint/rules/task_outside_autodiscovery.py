"""The rule of its page: `rules/task-outside-autodiscovery.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("task-outside-autodiscovery")
def task_outside_autodiscovery(project: Project) -> Iterator[Nomination]:
    """Flags a task in a module that no worker imports."""
    for outside in project.loading.outside_tasks:
        yield outside.nominate("task-outside-autodiscovery")
