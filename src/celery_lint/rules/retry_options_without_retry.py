"""The rule of its page: `rules/retry-options-without-retry.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("retry-options-without-retry")
def retry_options_without_retry(project: Project) -> Iterator[Nomination]:
    """Flags options for the retries of a task that nothing retries."""
    for plan in project.retry_plans:
        if plan.asks_for_retries and plan.is_without_retry:
            yield plan.nominate("retry-options-without-retry", {"task": plan.scope.name, "option": plan.name})
