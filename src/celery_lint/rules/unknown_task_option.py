"""The rule of its page: `rules/unknown-task-option.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("unknown-task-option")
def unknown_task_option(project: Project) -> Iterator[Nomination]:
    """Flags an option of a task decorator that looks like one of Celery's and is none."""
    for misspelt in project.misspelt_options:
        yield misspelt.nominate_spelling("unknown-task-option")
