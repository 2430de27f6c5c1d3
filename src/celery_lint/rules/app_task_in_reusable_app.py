"""The rule of its page: `rules/app-task-in-reusable-app.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("app-task-in-reusable-app")
def app_task_in_reusable_app(project: Project) -> Iterator[Nomination]:
    """Flags a task in a package that others install, of an app that is not in it."""
    for definition in project.task_definitions:
        if definition.bound is not None:
            yield definition.bound.nominate("app-task-in-reusable-app")
