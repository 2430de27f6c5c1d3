"""The rule of its page: `rules/dispatch-before-rollback.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, Step, rule


@rule("dispatch-before-rollback")
def dispatch_before_rollback(project: Project) -> Iterator[Nomination]:
    """Flags a dispatch in a function that rolls back on purpose, where no transaction block is known."""
    for context in project.contexts.all:
        rollback = context.dispatch.rollback_after
        if rollback is not None:
            yield context.dispatch.nominate("dispatch-before-rollback", trace=(Step(rollback, "rolled back here"),))
