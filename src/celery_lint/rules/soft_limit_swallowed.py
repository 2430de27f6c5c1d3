"""The rule of its page: `rules/soft-limit-swallowed.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("soft-limit-swallowed")
def soft_limit_swallowed(project: Project) -> Iterator[Nomination]:
    """Flags an `except` in a loop that takes the exception of a soft time limit, so that the loop goes on."""
    for handler in project.failures.handlers:
        if handler.swallows_soft_limit:
            yield handler.nominate("soft-limit-swallowed", fix=handler.soft_limit_passed)
