"""The rule of its page: `rules/delay-in-atomic.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.project.commit import wait_for_commit
from celery_lint.rule import Confidence, Nomination, Project, Severity, Step, rule


@rule("delay-in-atomic")
def delay_in_atomic(project: Project) -> Iterator[Nomination]:
    """Flags the place inside the transaction: the dispatch, or the call that leads to it.

    It is a warning where the functions on the way may return without sending, and where a countdown gives the
    commit a head start (which a rollback does not care about). What sends elsewhere may do so for another database.
    """
    for item in project.contexts.opened:
        dispatch = project.dispatch(item.route.sending)
        here = project.program.location(item.use.path, item.use.span)
        direct = item.route.via is None and here == dispatch.location
        using = item.around.using
        unsure = not direct and project.reach.is_conditional(item.route)
        opening = (Step(item.around.where, item.around.what),) if item.around.where else ()
        calls = item.route.steps(project.program)
        leads = () if direct else (Step(here, "leads to the dispatch"),)
        sent = () if direct else (Step(dispatch.location, "sent here"),)
        view = project.program.view(item.use.path)
        yield Nomination(
            rule="delay-in-atomic",
            location=here,
            statement=project.program.location(item.use.path, view.statement(item.use.statement)),
            values={"task": dispatch.task.name},
            expect="call" if item.use.call >= 0 else "",
            label="sent here" if direct else "",
            trace=(*opening, *leads, *calls, *sent, *dispatch.definition),
            fix=wait_for_commit(dispatch, using) if direct or using is None else None,
            severity=Severity.WARNING if unsure or dispatch.is_delayed else None,
            confidence=Confidence.MEDIUM if unsure else None,
        )
