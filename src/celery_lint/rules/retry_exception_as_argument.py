"""The rule of its page: `rules/retry-exception-as-argument.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("retry-exception-as-argument")
def retry_exception_as_argument(project: Project) -> Iterator[Nomination]:
    """Flags a retry whose exception stands where the arguments of the task belong."""
    for retry in project.retries:
        if retry.misplaced_exception:
            values = {"exception": retry.misplaced_exception}
            yield retry.nominate("retry-exception-as-argument", values, fix=retry.naming)
