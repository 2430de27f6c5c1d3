"""The rule of its page: `rules/missing-acks-late.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("missing-acks-late")
def missing_acks_late(project: Project) -> Iterator[Nomination]:
    """Flags a project that neither sets late acknowledgement nor sets it on most of its tasks."""
    for configuration in project.configurations:
        if configuration.is_known and configuration.has_tasks and not configuration.sets_acks_late:
            yield configuration.nominate(
                "missing-acks-late",
                configuration.place,
                fix=configuration.insertion(
                    "Acknowledge a task after it ran, and hand it on when its worker dies",
                    {"task_acks_late": "True", "task_reject_on_worker_lost": "True"},
                ),
            )
