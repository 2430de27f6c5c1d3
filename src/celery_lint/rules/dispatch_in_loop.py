"""The rule of its page: `rules/dispatch-in-loop.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("dispatch-in-loop")
def dispatch_in_loop(project: Project) -> Iterator[Nomination]:
    """Flags one message for each row of a queryset."""
    for dispatch in project.dispatches:
        if dispatch.is_once_a_row:
            yield dispatch.nominate("dispatch-in-loop")
