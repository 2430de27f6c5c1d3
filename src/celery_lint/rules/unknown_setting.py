"""The rule of its page: `rules/unknown-setting.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.project.configuration import spelled
from celery_lint.project.configuration.changes import renamed_setting
from celery_lint.rule import Nomination, Project, rule


@rule("unknown-setting")
def unknown_setting(project: Project) -> Iterator[Nomination]:
    """Flags a name that is nearly one of a setting of Celery."""
    for environment in project.production_environments:
        for misspelt in environment.misspelt:
            for option in misspelt.options:
                values = {"setting": misspelt.name, "meant": spelled(misspelt.prefix, misspelt.meant)}
                fix = renamed_setting(environment, option, misspelt.meant, values["meant"])
                yield environment.nominate("unknown-setting", option, fix, **values)
