"""The rule of its page: `rules/delay-after-write-without-on-commit.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.project.commit import wait_for_commit
from celery_lint.rule import Nomination, Project, Step, rule


@rule("delay-after-write-without-on-commit")
def delay_after_write_without_on_commit(project: Project) -> Iterator[Nomination]:
    """Flags a dispatch of a row that the same function wrote, where no transaction is known."""
    for context in project.contexts.of_kind(""):
        dispatch = context.dispatch
        written = None if dispatch.is_in_task else dispatch.written_before
        if written is not None and dispatch.countdown is None:
            yield dispatch.nominate(
                "delay-after-write-without-on-commit",
                trace=(Step(written, "written here"), *dispatch.definition),
                fix=wait_for_commit(dispatch),
            )
