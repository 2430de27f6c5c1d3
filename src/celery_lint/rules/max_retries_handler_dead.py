"""The rule of its page: `rules/max-retries-handler-dead.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, Step, rule


@rule("max-retries-handler-dead")
def max_retries_handler_dead(project: Project) -> Iterator[Nomination]:
    """Flags a retry that is given its exception, in a `try` that waits for MaxRetriesExceededError."""
    for retry in project.retries:
        handler = retry.dead_handler
        if handler is not None:
            yield retry.nominate("max-retries-handler-dead", trace=(Step(handler.location, "never reached"),))
