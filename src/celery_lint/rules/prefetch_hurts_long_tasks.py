"""The rule of its page: `rules/prefetch-hurts-long-tasks.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.project.configuration.changes import replaced
from celery_lint.rule import Nomination, Project, rule

LONG = 600
"""Seconds from which a task counts as long."""


@rule("prefetch-hurts-long-tasks")
def prefetch_hurts_long_tasks(project: Project) -> Iterator[Nomination]:
    """Flags workers that take messages without a limit, or many at a time where tasks are long."""
    deciding = (each for each in project.deployments if not each.overrides_prefetching)
    for environment in (environment for each in deciding for environment in each.environments):
        multiplier = environment.setting("worker_prefetch_multiplier").datum
        taken = multiplier.number if multiplier is not None else None
        if multiplier is None or taken is None:
            continue
        is_long = (environment.setting("task_time_limit").number or 0) >= LONG
        fix = replaced(project, multiplier, "1", "Take one message for each process")
        if taken == 0:
            many = "messages without a limit"
            yield environment.nominate("prefetch-hurts-long-tasks", multiplier, fix, many=many)
        elif taken > 1 and is_long and environment.setting("task_acks_late").truth:
            many = f"{taken:g} messages for each process"
            yield environment.nominate("prefetch-hurts-long-tasks", multiplier, fix, many=many)
