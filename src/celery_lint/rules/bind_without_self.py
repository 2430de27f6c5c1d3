"""The rule of its page: `rules/bind-without-self.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.finding import AddParameter, Applicability
from celery_lint.rule import Fix, Nomination, Project, rule


@rule("bind-without-self")
def bind_without_self(project: Project) -> Iterator[Nomination]:
    """Flags `bind=True` on a function that takes nothing by position."""
    for definition in project.task_definitions:
        if definition.task.is_bound and definition.takes_nothing_by_position and definition.is_run_as_written:
            fix = Fix("Take the task", Applicability.SAFE, (AddParameter(definition.location, "self", first=True),))
            yield definition.nominate("bind-without-self", fix=fix)
