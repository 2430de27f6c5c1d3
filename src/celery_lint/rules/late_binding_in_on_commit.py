"""The rule of its page: `rules/late-binding-in-on-commit.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("late-binding-in-on-commit")
def late_binding_in_on_commit(project: Project) -> Iterator[Nomination]:
    """Flags a callback that reads a loop's variable when the loop is long over."""
    for handover in project.on_commit_calls:
        name = handover.late_bound_name
        if name is not None:
            yield handover.nominate("late-binding-in-on-commit", {"name": name}, fix=handover.bound_early())
