"""The rule of its page: `rules/wait-for-result-in-request.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("wait-for-result-in-request")
def wait_for_result_in_request(project: Project) -> Iterator[Nomination]:
    """Flags a wait for a result in a view, or in a function that a view calls."""
    for wait in project.waits:
        way = wait.way_from_request
        if way is not None and wait.way_from_task is None and not (wait.may_be_over or wait.missing_because):
            yield wait.nominate_wait("wait-for-result-in-request", way)
