"""The rule of its page: `rules/error-hidden.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("error-hidden")
def error_hidden(project: Project) -> Iterator[Nomination]:
    """Flags an `except` around a whole task that logs every error and lets the task succeed."""
    for handler in project.failures.handlers:
        if handler.hides_errors:
            yield handler.nominate("error-hidden")
