"""The rule of its page: `rules/worker-queue-unused.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("worker-queue-unused")
def worker_queue_unused(project: Project) -> Iterator[Nomination]:
    """Flags a queue that a worker is told to consume and that nothing is sent to."""
    for queues in project.wiring.queues:
        for queue in queues.unused:
            yield queue.nominate("worker-queue-unused")
