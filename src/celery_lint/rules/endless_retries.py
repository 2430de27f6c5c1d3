"""The rule of its page: `rules/endless-retries.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("endless-retries")
def endless_retries(project: Project) -> Iterator[Nomination]:
    """Flags a task without a limit to its retries that is run again after any error, or until something happens."""
    for option in project.failures.endless_options:
        if option.reason:
            yield option.nominate("endless-retries", {"reason": option.reason})
