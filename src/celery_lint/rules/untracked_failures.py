"""The rule of its page: `rules/untracked-failures.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.project.canvas.outcomes import untracked
from celery_lint.rule import Nomination, Project, rule


@rule("untracked-failures")
def untracked_failures(project: Project) -> Iterator[Nomination]:
    """Flags projects in which nothing hears of a task that fails."""
    for configuration in untracked(project):
        yield configuration.nominate("untracked-failures", configuration.place)
