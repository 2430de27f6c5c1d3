"""The rule of its page: `rules/reraise-in-autoretry.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("reraise-in-autoretry")
def reraise_in_autoretry(project: Project) -> Iterator[Nomination]:
    """Flags an `except` that logs and raises again what `autoretry_for` logs as well."""
    for handler in project.failures.handlers:
        if handler.repeats_autoretry:
            yield handler.nominate("reraise-in-autoretry")
