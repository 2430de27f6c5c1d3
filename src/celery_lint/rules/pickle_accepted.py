"""The rule of its page: `rules/pickle-accepted.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule

PICKLE = ("pickle", "application/x-python-serialize")


@rule("pickle-accepted")
def pickle_accepted(project: Project) -> Iterator[Nomination]:
    """Flags pickle among the contents that a worker accepts."""
    for environment in project.production_environments:
        for name in ("accept_content", "result_accept_content"):
            for option in environment.setting(name).options:
                if any(item.text in PICKLE for item in option.items):
                    yield environment.nominate("pickle-accepted", option, setting=option.name)
