"""The rule of its page: `rules/worker-test-in-test-case.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("worker-test-in-test-case")
def worker_test_in_test_case(project: Project) -> Iterator[Nomination]:
    """Flags workers in tests whose rows they cannot see."""
    for worker in project.test_workers:
        yield worker.nominate("worker-test-in-test-case")
