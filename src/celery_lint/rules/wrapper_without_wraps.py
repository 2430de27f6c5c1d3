"""The rule of its page: `rules/wrapper-without-wraps.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("wrapper-without-wraps")
def wrapper_without_wraps(project: Project) -> Iterator[Nomination]:
    """Flags a decorator's wrapper that gives several tasks one name, its own."""
    for clash in project.wrapper_clashes:
        yield clash.nominate("wrapper-without-wraps")
