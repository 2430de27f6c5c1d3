"""The rule of its page: `rules/shell-swallows-signals.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("shell-swallows-signals")
def shell_swallows_signals(project: Project) -> Iterator[Nomination]:
    """Flags a worker below a shell that is its container's main process and does not give way to it."""
    for worker in project.workers:
        is_main = worker.is_production and worker.service.is_container and worker.invocation.signals is False
        if is_main and (worker.invocation.through or not project.services.uses_alpine):
            yield worker.nominate("shell-swallows-signals")
