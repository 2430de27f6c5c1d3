"""The rule of its page: `rules/missing-result-expires.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("missing-result-expires")
def missing_result_expires(project: Project) -> Iterator[Nomination]:
    """Flags a result backend without an explicit expiry."""
    for configuration in project.configurations:
        backend = configuration.stored_results
        if configuration.is_known and backend is not None and not configuration.sets_result_expires:
            yield configuration.nominate(
                "missing-result-expires",
                backend,
                fix=configuration.insertion("State how long results are kept", {"result_expires": "3600"}),
            )
