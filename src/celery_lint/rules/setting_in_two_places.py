"""The rule of its page: `rules/setting-in-two-places.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("setting-in-two-places")
def setting_in_two_places(project: Project) -> Iterator[Nomination]:
    """Flags a setting that Django's settings and the app give different values."""
    for environment in project.production_environments:
        for django, own in environment.contested:
            where = f"{django.path}:{django.span.line}"
            yield environment.nominate("setting-in-two-places", own, setting=own.name, other=django.name, where=where)
