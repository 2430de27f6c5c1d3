"""The rule of its page: `rules/sleep-in-task.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("sleep-in-task")
def sleep_in_task(project: Project) -> Iterator[Nomination]:
    """Flags a pause of a second or more that a worker spends doing nothing."""
    for pause in project.sleeps_in_tasks:
        if not pause.is_paced:
            yield pause.nominate_wait("sleep-in-task")
