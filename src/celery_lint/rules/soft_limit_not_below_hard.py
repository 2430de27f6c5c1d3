"""The rule of its page: `rules/soft-limit-not-below-hard.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.project.retries.limits import crossed, crossed_by_settings
from celery_lint.rule import Nomination, Project, rule


@rule("soft-limit-not-below-hard")
def soft_limit_not_below_hard(project: Project) -> Iterator[Nomination]:
    """Flags a soft time limit that the hard one does not leave room for, of a task or in the settings."""
    for environment in project.production_environments:
        setting, limits = environment.setting("task_soft_time_limit").datum, crossed_by_settings(environment)
        if setting is not None and limits is not None:
            yield environment.nominate("soft-limit-not-below-hard", setting, owner="all tasks", **limits.shown)
    for definition in project.task_definitions:
        limits = crossed(project, definition.task)
        if limits is not None and limits.by_task:
            owner = f"`{definition.scope.name}`"
            yield definition.nominate("soft-limit-not-below-hard", {"owner": owner, **limits.shown})
