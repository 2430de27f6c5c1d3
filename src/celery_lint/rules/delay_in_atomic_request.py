"""The rule of its page: `rules/delay-in-atomic-request.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.project.commit import wait_for_commit
from celery_lint.rule import Nomination, Project, Step, rule


@rule("delay-in-atomic-request")
def delay_in_atomic_request(project: Project) -> Iterator[Nomination]:
    """Flags a dispatch that a view reaches while ATOMIC_REQUESTS wraps every request in a transaction."""
    for context in project.contexts.of_kind("request"):
        dispatch = context.dispatch
        setting = project.settings.atomic_requests[project.settings.home(context.steps[0].location.path)]
        switched = Step(project.program.location(setting.path, setting.span), "every request runs in a transaction")
        yield dispatch.nominate(
            "delay-in-atomic-request",
            trace=(switched, *context.steps, *dispatch.definition),
            fix=wait_for_commit(dispatch),
        )
