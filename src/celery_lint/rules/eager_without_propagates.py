"""The rule of its page: `rules/eager-without-propagates.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("eager-without-propagates")
def eager_without_propagates(project: Project) -> Iterator[Nomination]:
    """Flags eager mode that hides the exceptions of tasks, in settings for tests or developers."""
    for each in project.swallowing:
        yield each.environment.nominate("eager-without-propagates", each.datum, setting=each.datum.name)
