"""The rule of its page: `rules/track-started-off.md`."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import structs

from celery_lint.project.canvas.states import polled_states
from celery_lint.rule import Nomination, Project, Step, rule

NAME = "track-started-off"
TITLE = "Store that tasks have started"


@rule(NAME)
def track_started_off(project: Project) -> Iterator[Nomination]:
    """Flags settings under which a task that runs looks like one that waits, where states are looked at."""
    polled = list(polled_states(project))
    for configurations in project.configured_homes:
        home = configurations[0].home
        places = [place for place in polled if project.settings.home(place.path) == home]
        for configuration in configurations if places and len(configurations) == 1 else ():
            stored = [environment for environment in configuration.production if environment.result_store is not None]
            tracked = any(task.may_have_option("track_started") for task in configuration.tasks)
            if stored and not tracked and all(e.lacks("task_track_started") for e in stored):
                fix = configuration.insertion(TITLE, {"task_track_started": "True"})
                step = Step(places[0], "the state is asked for here", aside=True)
                yield structs.replace(configuration.nominate(NAME, configuration.place, fix=fix), trace=(step,))
