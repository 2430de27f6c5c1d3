"""The rule of its page: `rules/missing-acks-late.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("missing-acks-late")
def missing_acks_late(project: Project) -> Iterator[Nomination]:
    """Flags a project that neither sets late acknowledgement nor sets it on most of its tasks."""
    for configurations in project.configured_homes:
        first = min(configurations, key=lambda each: each.place.expect)
        environments = [environment for each in configurations for environment in each.production]
        unset = all(environment.lacks("task_acks_late") for environment in environments)
        own_class = any(each.has_own_task_class for each in configurations)
        if environments and unset and not own_class and first.tasks and not first.tasks_decide_acks:
            fix = first.insertion(
                "Acknowledge a task after it ran, and hand it on when its worker dies",
                {"task_acks_late": "True", "task_reject_on_worker_lost": "True"},
            )
            yield first.nominate("missing-acks-late", first.place, fix=fix)
