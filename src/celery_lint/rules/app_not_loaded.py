"""The rule of its page: `rules/app-not-loaded.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("app-not-loaded")
def app_not_loaded(project: Project) -> Iterator[Nomination]:
    """Flags an app that nothing imports where its shared tasks are sent."""
    for app in project.loading.unloaded_apps:
        yield app.nominate_call("app-not-loaded")
