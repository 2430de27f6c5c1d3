"""The rule of its page: `rules/results-never-read.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.project.canvas.outcomes import unread_results
from celery_lint.rule import Nomination, Project, rule


@rule("results-never-read")
def results_never_read(project: Project) -> Iterator[Nomination]:
    """Flags backends of production whose results no code reads."""
    for configuration, _, store in unread_results(project):
        fix = configuration.insertion("Ignore the results", {"task_ignore_result": "True"})
        yield configuration.nominate("results-never-read", store, fix=fix)
