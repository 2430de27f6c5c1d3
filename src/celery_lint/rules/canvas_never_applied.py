"""The rule of its page: `rules/canvas-never-applied.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("canvas-never-applied")
def canvas_never_applied(project: Project) -> Iterator[Nomination]:
    """Flags a signature or canvas that is made and dropped."""
    for unused in project.canvases.unused:
        yield unused.nominate_making("canvas-never-applied")
