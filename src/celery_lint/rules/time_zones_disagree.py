"""The rule of its page: `rules/time-zones-disagree.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("time-zones-disagree")
def time_zones_disagree(project: Project) -> Iterator[Nomination]:
    """Flags a time zone of Celery that is not Django's."""
    for environment in project.production_environments:
        zone, django = environment.setting("timezone").datum, environment.django("TIME_ZONE").datum
        if zone is None or django is None or not zone.text or not django.text or zone.text == django.text:
            continue
        if zone.is_known and django.is_known:
            values = {"setting": zone.name, "zone": zone.text, "django": django.text}
            yield environment.nominate("time-zones-disagree", zone, **values)
