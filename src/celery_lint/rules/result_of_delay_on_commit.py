"""The rule of its page: `rules/result-of-delay-on-commit.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule

USES = ("assigned", "receiver", "argument", "awaited")


@rule("result-of-delay-on-commit")
def result_of_delay_on_commit(project: Project) -> Iterator[Nomination]:
    """Flags a use of what `delay_on_commit` gives: it is always None."""
    for dispatch in project.dispatches:
        if dispatch.is_commit_method and dispatch.call.use in USES:
            yield dispatch.nominate("result-of-delay-on-commit", {"method": dispatch.sending.method})
