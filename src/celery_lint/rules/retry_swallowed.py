"""The rule of its page: `rules/retry-swallowed.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, Step, rule


@rule("retry-swallowed")
def retry_swallowed(project: Project) -> Iterator[Nomination]:
    """Flags a retry in a `try` that catches the Retry and does not pass it on."""
    for retry in project.retries:
        handler = retry.swallower
        if handler is not None:
            yield retry.nominate(
                "retry-swallowed", trace=(Step(handler.location, "caught here"),), fix=retry.letting_through
            )
