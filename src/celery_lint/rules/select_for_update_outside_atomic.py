"""The rule of its page: `rules/select-for-update-outside-atomic.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("select-for-update-outside-atomic")
def select_for_update_outside_atomic(project: Project) -> Iterator[Nomination]:
    """Flags a locking query that a task evaluates with no transaction open."""
    for query in project.locking_queries:
        if query.is_evaluated and query.runs_without_transaction:
            yield query.nominate(
                "select-for-update-outside-atomic", {"method": query.evaluated_by}, label="locked here"
            )
