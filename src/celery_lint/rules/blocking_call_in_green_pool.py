"""The rule of its page: `rules/blocking-call-in-green-pool.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("blocking-call-in-green-pool")
def blocking_call_in_green_pool(project: Project) -> Iterator[Nomination]:
    """Flags a call that gives way to no other task, where only workers of green pools run it."""
    for deployment in project.deployments:
        for stalling in deployment.stalling_calls:
            yield stalling.nominate("blocking-call-in-green-pool")
