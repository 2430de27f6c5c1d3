"""The rule of its page: `rules/large-payload-argument.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("large-payload-argument")
def large_payload_argument(project: Project) -> Iterator[Nomination]:
    """Flags the contents of a file in what is sent to a task."""
    for message in project.messages:
        argument = message.first_contents
        if argument:
            yield message.nominate("large-payload-argument", {"argument": argument}, label=f"{argument} is sent")
