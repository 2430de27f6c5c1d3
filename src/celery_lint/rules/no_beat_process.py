"""The rule of its page: `rules/no-beat-process.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.project.schedules.beats import lacks_beat
from celery_lint.rule import Nomination, Project, rule

NAME = "no-beat-process"


@rule(NAME)
def no_beat_process(project: Project) -> Iterator[Nomination]:
    """Flags a schedule that no process sends, where workers are started."""
    for environment in project.production_environments:
        schedule = environment.setting("beat_schedule").datum
        if schedule is not None and schedule.entries and lacks_beat(environment):
            yield environment.nominate(NAME, schedule, setting=schedule.name)
