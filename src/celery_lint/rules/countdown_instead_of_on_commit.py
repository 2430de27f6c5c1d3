"""The rule of its page: `rules/countdown-instead-of-on-commit.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.project.commit import wait_instead_of_countdown
from celery_lint.rule import Nomination, Project, Step, rule

LONGEST = 60
"""Seconds; a longer countdown is meant for something else."""


@rule("countdown-instead-of-on-commit")
def countdown_instead_of_on_commit(project: Project) -> Iterator[Nomination]:
    """Flags a short literal countdown on a dispatch of the row that was written just before."""
    for context in project.contexts.of_kind(""):
        dispatch = context.dispatch
        countdown = dispatch.countdown
        if countdown is None or not 0 < countdown <= LONGEST or dispatch.is_in_task:
            continue
        if dispatch.follows_another_at_once:
            continue
        written = dispatch.written_before
        if written is not None:
            yield dispatch.nominate(
                "countdown-instead-of-on-commit",
                {"countdown": f"{countdown:g}"},
                trace=(Step(written, "written here"), *dispatch.definition),
                fix=wait_instead_of_countdown(dispatch),
            )
