"""The rule of its page: `rules/old-setting-name.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.project.configuration import spelled
from celery_lint.project.configuration.changes import renamed_setting
from celery_lint.rule import Nomination, Project, rule


@rule("old-setting-name")
def old_setting_name(project: Project) -> Iterator[Nomination]:
    """Flags a name of the time before Celery 4 under a namespace, where Celery up to 5.6 does not read it."""
    for environment in project.production_environments:
        for outdated in environment.outdated:
            for option in outdated.options:
                values = {"setting": outdated.name, "new": spelled(outdated.prefix, outdated.meant)}
                fix = renamed_setting(environment, option, outdated.meant, values["new"])
                yield environment.nominate("old-setting-name", option, fix, **values)
