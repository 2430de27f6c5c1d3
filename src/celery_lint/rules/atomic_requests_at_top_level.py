"""The rule of its page: `rules/atomic-requests-at-top-level.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("atomic-requests-at-top-level")
def atomic_requests_at_top_level(project: Project) -> Iterator[Nomination]:
    """Flags `ATOMIC_REQUESTS = True` that no DATABASES entry takes up."""
    for item in project.settings.misplaced_atomic_requests:
        yield project.nominate_setting("atomic-requests-at-top-level", item)
