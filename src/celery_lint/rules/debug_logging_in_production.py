"""The rule of its page: `rules/debug-logging-in-production.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("debug-logging-in-production")
def debug_logging_in_production(project: Project) -> Iterator[Nomination]:
    """Flags a production worker whose log level is debug."""
    for worker in project.workers:
        level = worker.find("loglevel")
        if worker.is_production and level is not None and (level.value or "").lower() == "debug":
            yield worker.nominate("debug-logging-in-production", level.location)
