"""The rule of its page: `rules/delay-in-model-method.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.project.commit import wait_for_commit
from celery_lint.rule import Nomination, Project, rule


@rule("delay-in-model-method")
def delay_in_model_method(project: Project) -> Iterator[Nomination]:
    """Flags a dispatch in a model, manager or queryset method that writes, or in a helper only these call."""
    for context in project.contexts.of_kind("method"):
        dispatch = context.dispatch
        yield dispatch.nominate(
            "delay-in-model-method",
            {"method": context.name},
            trace=(*context.steps, *dispatch.definition),
            fix=wait_for_commit(dispatch),
        )
