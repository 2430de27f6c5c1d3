"""The rule of its page: `rules/namespace-mismatch.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("namespace-mismatch")
def namespace_mismatch(project: Project) -> Iterator[Nomination]:
    """Flags settings under a prefix that no app of the project reads."""
    for configurations in project.configured_homes:
        if len({configuration.sources.prefix for configuration in configurations}) != 1:
            continue
        for configuration in configurations:
            for environment in configuration.production:
                read = f"names with `{environment.prefix}`" if environment.prefix else "names without a namespace"
                for option in environment.unread:
                    yield environment.nominate("namespace-mismatch", option, setting=option.name, read=read)
