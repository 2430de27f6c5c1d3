"""The rule of its page: `rules/setting-newer-than-celery.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.knowledge.settings import registry
from celery_lint.rule import Nomination, Project, rule


@rule("setting-newer-than-celery")
def setting_newer_than_celery(project: Project) -> Iterator[Nomination]:
    """Flags a setting that came with a later release than the one that is pinned."""
    version = project.celery_version
    if version is None or not project.pins_celery:
        return
    for environment in project.production_environments:
        for given in environment.given:
            since = registry().since(given.setting) if given.setting and not given.is_old else None
            if since is None or since <= version[:2]:
                continue
            for option in given.options:
                values = {
                    "setting": given.name,
                    "since": ".".join(map(str, since)),
                    "celery": ".".join(map(str, version)),
                }
                yield environment.nominate("setting-newer-than-celery", option, **values)
