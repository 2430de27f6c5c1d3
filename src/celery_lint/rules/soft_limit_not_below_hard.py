"""The rule of its page: `rules/soft-limit-not-below-hard.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("soft-limit-not-below-hard")
def soft_limit_not_below_hard(project: Project) -> Iterator[Nomination]:
    """Flags a soft time limit that the hard one does not leave room for."""
    for definition in project.task_definitions:
        if definition.crossed_limits is not None:
            soft, hard = definition.crossed_limits
            yield definition.nominate("soft-limit-not-below-hard", {"soft": f"{soft:g}", "hard": f"{hard:g}"})
