"""The rule of its page: `rules/argument-changed-by-json.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("argument-changed-by-json")
def argument_changed_by_json(project: Project) -> Iterator[Nomination]:
    """Flags an argument that arrives as another type, where the task counts on the type."""
    for message in project.messages:
        found = message.first_retyped
        if found is not None:
            values = {"argument": found.written, "change": found.change, "use": found.use}
            yield message.nominate("argument-changed-by-json", values)
