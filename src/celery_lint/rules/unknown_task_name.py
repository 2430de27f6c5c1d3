"""The rule of its page: `rules/unknown-task-name.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("unknown-task-name")
def unknown_task_name(project: Project) -> Iterator[Nomination]:
    """Flags a call that names a task of the project which is not registered."""
    for mention in project.wiring.mentions:
        if mention.is_missing:
            yield mention.nominate_name("unknown-task-name")
