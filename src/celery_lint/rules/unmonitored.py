"""The rule of its page: `rules/unmonitored.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("unmonitored")
def unmonitored(project: Project) -> Iterator[Nomination]:
    """Flags a project whose workers nobody watches, once, at its first worker."""
    for deployment in project.deployments:
        if deployment.is_unmonitored:
            yield deployment.workers[0].nominate("unmonitored")
