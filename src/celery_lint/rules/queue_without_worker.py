"""The rule of its page: `rules/queue-without-worker.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("queue-without-worker")
def queue_without_worker(project: Project) -> Iterator[Nomination]:
    """Flags a queue that tasks are sent to and that none of the known workers consumes."""
    for queues in project.wiring.queues:
        for queue in queues.abandoned:
            yield queue.nominate("queue-without-worker")
