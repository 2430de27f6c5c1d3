"""The rule of its page: `rules/async-result-as-data.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("async-result-as-data")
def async_result_as_data(project: Project) -> Iterator[Nomination]:
    """Flags results of tasks in what is written as JSON."""
    for exposed in project.exposed_results:
        yield exposed.nominate_result("async-result-as-data")
