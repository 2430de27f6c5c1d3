"""The rule of its page: `rules/execution-option-in-delay.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("execution-option-in-delay")
def execution_option_in_delay(project: Project) -> Iterator[Nomination]:
    """Flags an execution option that `delay` or `.s()` hands to the task."""
    for message in project.messages:
        if message.options_as_arguments:
            yield message.nominate_execution("execution-option-in-delay")
