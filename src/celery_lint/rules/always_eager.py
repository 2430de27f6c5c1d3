"""The rule of its page: `rules/always-eager.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("always-eager")
def always_eager(project: Project) -> Iterator[Nomination]:
    """Flags the first place of a file that switches eager mode on for tests."""
    for item in project.eager.in_tests:
        yield project.nominate_setting("always-eager", item, {"setting": item.name})
