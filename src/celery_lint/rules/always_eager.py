"""The rule of its page: `rules/always-eager.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("always-eager")
def always_eager(project: Project) -> Iterator[Nomination]:
    """Flags the first place of a file that switches eager mode on for tests, unless that has no effect."""
    dead = {override.location for override in project.overrides_without_effect}
    for item in project.eager.in_tests:
        nomination = project.nominate_setting("always-eager", item, {"setting": item.name})
        if nomination.location not in dead:
            yield nomination
