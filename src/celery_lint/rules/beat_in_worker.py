"""The rule of its page: `rules/beat-in-worker.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("beat-in-worker")
def beat_in_worker(project: Project) -> Iterator[Nomination]:
    """Flags a production worker that is a Beat as well, unless several of it run."""
    for worker in project.workers:
        if worker.is_production and worker.beat is not None and worker not in project.services.doubled_beats:
            yield worker.nominate("beat-in-worker", worker.beat.location)
