"""The rule of its page: `rules/secret-in-arguments.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("secret-in-arguments")
def secret_in_arguments(project: Project) -> Iterator[Nomination]:
    """Flags an argument whose name is that of a secret."""
    for message in project.messages:
        argument = message.first_secret
        if argument:
            yield message.nominate("secret-in-arguments", {"argument": argument})
