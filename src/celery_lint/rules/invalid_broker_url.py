"""The rule of its page: `rules/invalid-broker-url.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.project.configuration.urls import backend_mistake, broker_mistake
from celery_lint.rule import Nomination, Project, rule


@rule("invalid-broker-url")
def invalid_broker_url(project: Project) -> Iterator[Nomination]:
    """Flags the URL of a broker or result backend that leads to no such thing."""
    for environment in project.production_environments:
        if not environment.setting("broker_transport").options:
            for option in environment.setting("broker_url").options:
                mistake = broker_mistake(option.text or "")
                if mistake is not None:
                    yield environment.nominate("invalid-broker-url", option, setting=option.name, mistake=mistake)
        has_ssl = environment.setting("redis_backend_use_ssl").is_set is not False
        for option in environment.setting("result_backend").options:
            mistake = backend_mistake(option.text or "", has_ssl_settings=has_ssl)
            if mistake is not None:
                yield environment.nominate("invalid-broker-url", option, setting=option.name, mistake=mistake)
