"""The rule of its page: `rules/unknown-task-in-schedule.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule

NAME = "unknown-task-in-schedule"


@rule(NAME)
def unknown_task_in_schedule(project: Project) -> Iterator[Nomination]:
    """Flags an entry of Beat whose task is not registered, or is given as an object."""
    for entry in project.beat_entries:
        if entry.takes_object:
            yield entry.nominate(NAME, entry.key, wrong="gives the task itself where its name belongs")
        elif entry.is_missing and entry.task_name is not None:
            meant = project.task_names.meant(entry.task_name)
            wrong = f"names `{entry.task_name}`, and no task is registered as that{meant}"
            yield entry.nominate(NAME, entry.place_of_task, wrong=wrong)
