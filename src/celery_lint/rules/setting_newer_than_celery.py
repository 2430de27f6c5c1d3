"""The rule of its page: `rules/setting-newer-than-celery.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.project.configuration.novelties import novelties
from celery_lint.rule import Nomination, Project, rule


@rule("setting-newer-than-celery")
def setting_newer_than_celery(project: Project) -> Iterator[Nomination]:
    """Flags a setting or transport option that came with a later release than the one that is pinned."""
    for environment in project.production_environments:
        for each in novelties(environment):
            since, pinned = (".".join(map(str, version)) for version in (each.since, each.pinned))
            values = {"setting": each.name, "package": each.package, "since": since, "pinned": pinned}
            yield environment.nominate("setting-newer-than-celery", each.place, **values)
