"""The rule of its page: `rules/results-read-without-backend.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("results-read-without-backend")
def results_read_without_backend(project: Project) -> Iterator[Nomination]:
    """Flags results that are read where none is stored."""
    for wait in project.waits:
        if wait.missing_because and (wait.way_from_task is None or wait.is_allowed):
            yield wait.nominate_wait(
                "results-read-without-backend", label="reads it here", because=wait.missing_because
            )
    for question in project.result_questions:
        if question.missing_because:
            reason = question.missing_because
            yield question.nominate_wait("results-read-without-backend", label="asks for it here", because=reason)
