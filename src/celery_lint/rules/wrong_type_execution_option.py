"""The rule of its page: `rules/wrong-type-execution-option.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("wrong-type-execution-option")
def wrong_type_execution_option(project: Project) -> Iterator[Nomination]:
    """Flags an option whose value raises when the message is sent, or that another one overrides."""
    for message in project.messages:
        for option in message.bad_options:
            yield message.nominate_option("wrong-type-execution-option", option, "give it in seconds")
