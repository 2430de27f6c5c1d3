"""The rule of its page: `rules/old-setting-name.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.knowledge.celery import OLD_NAMES_IN_NAMESPACE
from celery_lint.project.configuration import spelled
from celery_lint.project.configuration.changes import renamed_setting
from celery_lint.rule import Nomination, Project, rule


@rule("old-setting-name")
def old_setting_name(project: Project) -> Iterator[Nomination]:
    """Flags a name of the time before Celery 4 under a namespace, where Celery up to 5.6 does not read it."""
    for environment in project.production_environments:
        version = project.celery_version
        if not environment.prefix or (version is not None and version >= OLD_NAMES_IN_NAMESPACE):
            continue
        for given in environment.given:
            set_anew = len(environment.setting(given.setting).options) > 0 if given.setting else True
            read = project.is_read(given.name, {option.path for option in given.options})
            if given.is_old and not set_anew and not read:
                for option in given.options:
                    values = {"setting": given.name, "new": spelled(environment.prefix, given.setting)}
                    fix = renamed_setting(environment, option, given.setting, values["new"])
                    yield environment.nominate("old-setting-name", option, fix, **values)
