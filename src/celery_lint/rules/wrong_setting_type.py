"""The rule of its page: `rules/wrong-setting-type.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.knowledge.settings import registry
from celery_lint.rule import Nomination, Project, rule

WANTED = {"bool": "a boolean", "int": "a number", "float": "a number", "list": "a list"}
SCALARS = ("accept_content", "task_", "worker_", "result_", "beat_", "enable_")
"""The settings whose values Celery takes as they are; those of result backends are converted by their drivers."""


@rule("wrong-setting-type")
def wrong_setting_type(project: Project) -> Iterator[Nomination]:
    """Flags a string where Celery needs a number, a truth or a list."""
    for environment in project.production_environments:
        for given in environment.given:
            known = registry().setting(given.setting, project.celery_version) if given.setting else None
            for option in given.options if known is not None and not given.is_old else ():
                wanted = WANTED.get(known.type) if known is not None else None
                if wanted and option.text is not None and not option.variable and given.setting.startswith(SCALARS):
                    values = {"setting": given.name, "wanted": wanted}
                    yield environment.nominate("wrong-setting-type", option, **values)
