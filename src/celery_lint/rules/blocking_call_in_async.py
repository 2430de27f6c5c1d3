"""The rule of its page: `rules/blocking-call-in-async.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("blocking-call-in-async")
def blocking_call_in_async(project: Project) -> Iterator[Nomination]:
    """Flags a call that stops the event loop, in a coroutine function or in what it calls."""
    for call in project.blocking_calls:
        yield call.nominate("blocking-call-in-async")
