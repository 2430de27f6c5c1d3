"""The rule of its page: `rules/poison-task-loops.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("poison-task-loops")
def poison_task_loops(project: Project) -> Iterator[Nomination]:
    """Flags messages that are asked back after a worker died, from a broker that does not count."""
    for option in project.failures.poison_loops:
        yield option.nominate("poison-task-loops", {"task": option.task.name.rpartition(".")[2]})
