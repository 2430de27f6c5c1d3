"""The rule of its page: `rules/non-idempotent-task.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("non-idempotent-task")
def non_idempotent_task(project: Project) -> Iterator[Nomination]:
    """Flags a mail or a counter in a task that may run twice and never asks whether it has."""
    for repeated in project.repeated_effects:
        yield repeated.nominate("non-idempotent-task")
