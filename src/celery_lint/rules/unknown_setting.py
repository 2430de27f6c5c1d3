"""The rule of its page: `rules/unknown-setting.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.knowledge.settings import registry
from celery_lint.project.configuration import spelled
from celery_lint.project.configuration.changes import renamed_setting
from celery_lint.rule import Nomination, Project, rule
from celery_lint.spelling import closest

NEAR = 0.92
"""How much a name must look like a setting's; names that only share words are the project's own."""

LONGER = 2
"""How many letters may be missing or too many."""


@rule("unknown-setting")
def unknown_setting(project: Project) -> Iterator[Nomination]:
    """Flags a name under the namespace that is nearly one of a setting."""
    for environment in project.production_environments:
        known = registry().settings
        for given in environment.given:
            if given.setting or project.is_read(given.name, {option.path for option in given.options}):
                continue
            word = given.name.removeprefix(given.layer.prefix).lower()
            meant = closest(word, known, NEAR)
            if meant is not None and abs(len(meant) - len(word)) <= LONGER:
                for option in given.options:
                    values = {"setting": given.name, "meant": spelled(given.layer.prefix, meant)}
                    fix = renamed_setting(environment, option, meant, values["meant"])
                    yield environment.nominate("unknown-setting", option, fix, **values)
