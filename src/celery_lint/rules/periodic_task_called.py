"""The rule of its page: `rules/periodic-task-called.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.project.schedules.periodic import replaced
from celery_lint.rule import Nomination, Project, Step, rule

NAME = "periodic-task-called"


@rule(NAME)
def periodic_task_called(project: Project) -> Iterator[Nomination]:
    """Flags a task that runs where Beat is told of it, and an entry that replaces another."""
    for task in project.periodic_tasks:
        executed = task.executed
        if executed is not None:
            does = "is sent" if executed.is_sent else "runs"
            values = {"what": f"`{executed.name}` {does} here once, and Beat is given its result"}
            yield executed.nominate(NAME, values, fix=executed.signature_fix)
    for earlier, later in replaced(project.periodic_tasks):
        values = {"what": f"it has {later.key} of the entry in line {earlier.call.span.line}, and replaces it"}
        yield later.nominate(NAME, values, trace=(Step(earlier.location, "never sent", aside=True),))
