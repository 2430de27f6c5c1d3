"""The rule of its page: `rules/backend-app-missing.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.project.configuration.changes import with_item
from celery_lint.rule import Nomination, Project, rule

NEEDED = (
    ("result_backend", ("django-db", "django-cache"), "django_celery_results"),
    ("beat_scheduler", ("django_celery_beat.",), "django_celery_beat"),
)


@rule("backend-app-missing")
def backend_app_missing(project: Project) -> Iterator[Nomination]:
    """Flags a result backend or scheduler of a Django package that is not installed as an app."""
    for environment in project.production_environments:
        apps = environment.django("INSTALLED_APPS").datum
        if apps is None or not apps.is_complete or any(item.text is None for item in apps.items):
            continue
        installed = {(item.text or "").partition(".")[0] for item in apps.items}
        for name, prefixes, app in NEEDED:
            option = environment.setting(name).datum
            if option is not None and (option.text or "").startswith(prefixes) and app not in installed:
                fix = with_item(project, apps, f'"{app}"', f"Install `{app}`")
                yield environment.nominate("backend-app-missing", option, fix, setting=option.name, app=app)
