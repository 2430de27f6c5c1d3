"""The rule of its page: `rules/on-commit-on-other-database.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.project.commit import wait_for_commit
from celery_lint.rule import Nomination, Project, Step, rule


@rule("on-commit-on-other-database")
def on_commit_on_other_database(project: Project) -> Iterator[Nomination]:
    """Flags `delay_on_commit` and a plain `on_commit` inside `atomic(using="other")`."""
    for dispatch in project.dispatches:
        around = dispatch.around
        if dispatch.is_commit_method and around.kind == "open" and around.using not in (None, "?"):
            opened = (Step(around.where, around.what),) if around.where else ()
            yield dispatch.nominate(
                "on-commit-on-other-database",
                {"using": str(around.using)},
                trace=(*opened, *dispatch.definition),
                fix=wait_for_commit(dispatch, around.using),
            )
    for handover in project.on_commit_calls:
        around = handover.around
        if around.kind != "open" or around.using in (None, "?"):
            continue
        if handover.is_for(around.using) is False and handover.task is not None:
            opened = (Step(around.where, around.what),) if around.where else ()
            values = {"task": handover.task.name, "using": str(around.using)}
            fix = handover.with_using(str(around.using))
            yield handover.nominate("on-commit-on-other-database", values, trace=opened, fix=fix)
