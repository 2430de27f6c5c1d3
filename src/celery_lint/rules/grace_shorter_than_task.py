"""The rule of its page: `rules/grace-shorter-than-task.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("grace-shorter-than-task")
def grace_shorter_than_task(project: Project) -> Iterator[Nomination]:
    """Flags a worker that is killed before a task within its limits can have ended."""
    for deployment in project.deployments:
        for short in deployment.short_graces:
            values = {"grace": f"{short.grace:g}", "limit": f"{short.limit:g}"}
            yield short.crew.worker.nominate("grace-shorter-than-task", values=values)
