"""The rule of its page: `rules/executed-task-in-canvas.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("executed-task-in-canvas")
def executed_task_in_canvas(project: Project) -> Iterator[Nomination]:
    """Flags a task that is sent where a canvas wants its signature."""
    for executed in project.canvases.executed:
        yield executed.nominate_sending("executed-task-in-canvas")
