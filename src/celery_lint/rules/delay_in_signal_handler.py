"""The rule of its page: `rules/delay-in-signal-handler.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.project.commit import wait_for_commit
from celery_lint.rule import Nomination, Project, Severity, rule


@rule("delay-in-signal-handler")
def delay_in_signal_handler(project: Project) -> Iterator[Nomination]:
    """Flags a dispatch that a receiver of a model signal reaches; `pre_save` comes before the row, so it is worse.

    After a deletion the row is gone for good at the commit, so waiting is no fix for a task that looks it up.
    """
    for context in project.contexts.of_kind("signal"):
        dispatch = context.dispatch
        signal = context.name.split()[2]
        yield dispatch.nominate(
            "delay-in-signal-handler",
            {"signal": signal},
            trace=(*context.steps, *dispatch.definition),
            fix=None if signal.endswith("_delete") else wait_for_commit(dispatch),
            severity=Severity.ERROR if signal == "pre_save" and dispatch.sends_key else None,
        )
