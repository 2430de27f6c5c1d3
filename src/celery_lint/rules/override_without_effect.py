"""The rule of its page: `rules/override-without-effect.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("override-without-effect")
def override_without_effect(project: Project) -> Iterator[Nomination]:
    """Flags settings that a test replaces after Celery has read them, or where it reads others first."""
    for override in project.overrides_without_effect:
        yield override.nominate("override-without-effect")
