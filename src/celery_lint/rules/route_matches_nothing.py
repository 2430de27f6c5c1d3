"""The rule of its page: `rules/route-matches-nothing.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("route-matches-nothing")
def route_matches_nothing(project: Project) -> Iterator[Nomination]:
    """Flags an entry of `task_routes` or `task_annotations` that is about no task."""
    for pattern in project.wiring.patterns:
        if pattern.mistake:
            yield pattern.nominate("route-matches-nothing")
