"""The rule of its page: `rules/unbounded-result-store.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.knowledge.urls import TABLES
from celery_lint.project.schedules.beats import cleans_up, lacks_beat, may_have_beat_elsewhere
from celery_lint.rule import Nomination, Project, rule


@rule("unbounded-result-store")
def unbounded_result_store(project: Project) -> Iterator[Nomination]:
    """Flags results in a database that nothing cleans."""
    for environment in project.production_environments:
        store, expires = environment.result_store, environment.setting("result_expires")
        is_table = store is not None and store.is_known and (store.text or "").startswith(TABLES)
        keeps = expires.is_set is not False and (expires.datum is None or not expires.datum.truth)
        if store is None or not is_table or keeps or not lacks_beat(environment):
            continue
        if not may_have_beat_elsewhere(environment) and not cleans_up(project):
            yield environment.nominate("unbounded-result-store", store)
