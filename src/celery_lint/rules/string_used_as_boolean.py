"""The rule of its page: `rules/string-used-as-boolean.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.knowledge.settings import registry
from celery_lint.project.configuration.changes import cast
from celery_lint.rule import Nomination, Project, rule

WANTED = {"bool": "a boolean", "int": "a number", "float": "a number"}
SCALARS = ("task_", "worker_", "result_", "beat_", "enable_")
"""The settings whose values Celery takes as they are; those of result backends are converted by their drivers."""


@rule("string-used-as-boolean")
def string_used_as_boolean(project: Project) -> Iterator[Nomination]:
    """Flags the text of an environment variable that is given to a setting as it is."""
    for environment in project.production_environments:
        for given in environment.given:
            known = registry().setting(given.setting, project.celery_version) if given.setting else None
            wanted = WANTED.get(known.type) if known is not None and not given.is_old else None
            for option in given.options:
                if wanted and option.variable and option.cast == "str" and given.setting.startswith(SCALARS):
                    values = {"setting": given.name, "variable": option.variable, "wanted": wanted}
                    fix = cast(project, option, known.type if known is not None else "")
                    yield environment.nominate("string-used-as-boolean", option, fix, **values)
