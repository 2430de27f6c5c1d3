"""The rule of its page: `rules/crontab-every-minute.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("crontab-every-minute")
def crontab_every_minute(project: Project) -> Iterator[Nomination]:
    """Flags a crontab that chooses hours or days and no minute."""
    for crontab in project.crontabs:
        if crontab.fires_each_minute:
            yield crontab.nominate_minute("crontab-every-minute")
