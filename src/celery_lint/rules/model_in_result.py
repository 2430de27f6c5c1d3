"""The rule of its page: `rules/model-in-result.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("model-in-result")
def model_in_result(project: Project) -> Iterator[Nomination]:
    """Flags a task that returns what its result backend cannot store."""
    for habit in project.habits:
        if habit.kind == "model-in-result":
            yield habit.nominate()
