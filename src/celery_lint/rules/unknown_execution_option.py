"""The rule of its page: `rules/unknown-execution-option.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("unknown-execution-option")
def unknown_execution_option(project: Project) -> Iterator[Nomination]:
    """Flags an option that is one or two letters away from a real one."""
    for message in project.messages:
        for misspelling in message.misspelt_options:
            yield message.nominate_misspelling("unknown-execution-option", misspelling)
