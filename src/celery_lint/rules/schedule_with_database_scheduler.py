"""The rule of its page: `rules/schedule-with-database-scheduler.md`."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import structs

from celery_lint.project.schedules.beats import clears_database, database_scheduler
from celery_lint.rule import Nomination, Project, Step, rule

NAME = "schedule-with-database-scheduler"


@rule(NAME)
def schedule_with_database_scheduler(project: Project) -> Iterator[Nomination]:
    """Flags a schedule in settings that a scheduler copies into its database."""
    if clears_database(project):
        return
    for environment in project.production_environments:
        schedule = environment.setting("beat_schedule").datum
        scheduler = database_scheduler(environment)
        if schedule is not None and schedule.entries and scheduler is not None:
            step = Step(scheduler, "the database scheduler is chosen here", aside=True)
            yield structs.replace(environment.nominate(NAME, schedule, setting=schedule.name), trace=(step,))
