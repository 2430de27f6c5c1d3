"""Where a program looks at the state of a result."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from celery_lint.finding import Location
from celery_lint.project.canvas.results import STATES, is_result
from celery_lint.project.program import Place

if TYPE_CHECKING:
    from celery_lint.project.project import Project

__all__ = ["polled_states"]

REPORTS = "update_state"
"""A task that says by itself how far it is."""


def polled_states(project: Project) -> Iterator[Location]:
    """Every `result.state` outside tests of what is certainly a result; none where tasks report their own states."""
    if project.sources.mentioning(REPORTS):
        return
    for path in project.sources.code_with_any(("AsyncResult", "delay", "apply_async")):
        view = project.program.view(path)
        for name in STATES:
            for number in view.reads_by_name.get(name, ()):
                read = view.facts.reads[number]
                if is_result(project, read.base, Place(path, read.scope, read.frame, read.order)):
                    yield project.program.location(path, read.span)
