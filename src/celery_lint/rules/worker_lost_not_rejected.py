"""The rule of its page: `rules/worker-lost-not-rejected.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.project.configuration import Datum, Environment
from celery_lint.project.configuration.changes import added, together
from celery_lint.rule import Nomination, Project, rule

NAME = "worker-lost-not-rejected"


@rule(NAME)
def worker_lost_not_rejected(project: Project) -> Iterator[Nomination]:
    """Flags late acknowledgement that does not hold when a worker dies, once in each Django project."""
    for configurations in project.configured_homes:
        if any(task.option("reject_on_worker_lost") is not None for each in configurations for task in each.tasks):
            continue
        found: dict[object, tuple[Environment, Datum]] = {}
        for environment in (environment for each in configurations for environment in each.production):
            late = environment.setting("task_acks_late")
            unset = environment.lacks("task_reject_on_worker_lost")
            if late.truth and late.datum is not None and unset:
                found.setdefault((late.datum.path, late.datum.span), (environment, late.datum))
        if found:
            environment, first = next(iter(found.values()))
            title = "Hand a task on when its worker dies"
            wanted = [
                added(project, datum, "task_acks_late", "task_reject_on_worker_lost", "True", title)
                for _, datum in found.values()
            ]
            yield environment.nominate(NAME, first, together(wanted))
