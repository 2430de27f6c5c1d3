"""The rule of its page: `rules/uneven-crontab-step.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("uneven-crontab-step")
def uneven_crontab_step(project: Project) -> Iterator[Nomination]:
    """Flags a crontab that fires at other times than it seems to."""
    for crontab in project.crontabs:
        if crontab.surprise:
            yield crontab.nominate("uneven-crontab-step", {"surprise": crontab.surprise})
