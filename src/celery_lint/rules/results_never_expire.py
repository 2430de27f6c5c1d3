"""The rule of its page: `rules/results-never-expire.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.project.configuration.changes import replaced
from celery_lint.rule import Nomination, Project, rule


@rule("results-never-expire")
def results_never_expire(project: Project) -> Iterator[Nomination]:
    """Flags an expiry that is switched off while results are stored."""
    for environment in project.production_environments:
        expires = environment.setting("result_expires").datum
        off = expires is not None and expires.is_known and (expires.is_none or expires.number == 0)
        if off and expires is not None and environment.result_store is not None:
            fix = replaced(project, expires, "86400", "Keep results for a day, as Celery does by itself")
            yield environment.nominate("results-never-expire", expires, fix)
