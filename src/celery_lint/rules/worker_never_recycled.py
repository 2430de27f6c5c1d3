"""The rule of its page: `rules/worker-never-recycled.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("worker-never-recycled")
def worker_never_recycled(project: Project) -> Iterator[Nomination]:
    """Flags a prefork worker whose processes are never replaced."""
    for deployment in project.deployments:
        for crew in deployment.crews:
            if crew.is_never_recycled:
                yield crew.worker.nominate("worker-never-recycled")
