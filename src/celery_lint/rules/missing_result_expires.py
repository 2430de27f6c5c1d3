"""The rule of its page: `rules/missing-result-expires.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("missing-result-expires")
def missing_result_expires(project: Project) -> Iterator[Nomination]:
    """Flags a result backend without an explicit expiry."""
    for configurations in project.configured_homes:
        for configuration in configurations:
            for environment in configuration.production:
                store = environment.result_store
                if store is not None and environment.lacks("result_expires"):
                    fix = configuration.insertion("State how long results are kept", {"result_expires": "86400"})
                    yield configuration.nominate("missing-result-expires", store, fix=fix)
