"""The rule of its page: `rules/retry-not-raised.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("retry-not-raised")
def retry_not_raised(project: Project) -> Iterator[Nomination]:
    """Flags a retry that ends the function without saying so."""
    for retry in project.retries:
        if retry.is_statement and retry.swallower is None:
            yield retry.nominate("retry-not-raised", fix=retry.raising)
