"""The rule of its page: `rules/unserializable-argument.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("unserializable-argument")
def unserializable_argument(project: Project) -> Iterator[Nomination]:
    """Flags an argument that JSON cannot carry."""
    for message in project.messages:
        if message.first_refused is not None:
            argument, what = message.first_refused
            values = {"argument": argument, "what": what}
            yield message.nominate("unserializable-argument", values, label=f"{argument} is {what}")
