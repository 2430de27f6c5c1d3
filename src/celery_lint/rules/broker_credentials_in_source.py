"""The rule of its page: `rules/broker-credentials-in-source.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.project.configuration import State
from celery_lint.project.configuration.urls import has_secret
from celery_lint.rule import Nomination, Project, rule


@rule("broker-credentials-in-source")
def broker_credentials_in_source(project: Project) -> Iterator[Nomination]:
    """Flags a password in the URL of a broker or result backend."""
    for environment in project.production_environments:
        for name in ("broker_url", "result_backend"):
            for option in environment.setting(name).options:
                if option.state is State.KNOWN and not option.guard and has_secret(option.text or ""):
                    yield environment.nominate("broker-credentials-in-source", option, setting=option.name)
