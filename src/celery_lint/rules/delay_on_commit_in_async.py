"""The rule of its page: `rules/delay-on-commit-in-async.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("delay-on-commit-in-async")
def delay_on_commit_in_async(project: Project) -> Iterator[Nomination]:
    """Flags `delay_on_commit` directly in an `async def`."""
    for dispatch in project.dispatches:
        if dispatch.is_commit_method and dispatch.is_in_async_function:
            yield dispatch.nominate("delay-on-commit-in-async", {"method": dispatch.sending.method})
