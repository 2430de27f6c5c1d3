"""The rule of its page: `rules/memory-broker-in-production.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.project.configuration import State
from celery_lint.rule import Nomination, Project, rule


@rule("memory-broker-in-production")
def memory_broker_in_production(project: Project) -> Iterator[Nomination]:
    """Flags a broker of tests in production settings."""
    for environment in project.production_environments:
        option = environment.setting("broker_url").datum
        known = option is not None and option.state is State.KNOWN
        if option is None or not known or environment.setting("task_always_eager").truth:
            continue
        if option.prefix.startswith(("memory://", "filesystem://")):
            yield environment.nominate("memory-broker-in-production", option, url=option.prefix)
