"""The rule of its page: `rules/worker-as-root.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("worker-as-root")
def worker_as_root(project: Project) -> Iterator[Nomination]:
    """Flags a production service that tells Celery to put up with root."""
    for service, _ in project.services.started:
        variable = service.variables.get("C_FORCE_ROOT")
        if service.is_production and service.is_on("C_FORCE_ROOT") and variable is not None:
            yield Nomination("worker-as-root", variable.location, variable.location, expect="")
