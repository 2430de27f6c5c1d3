"""The rule of its page: `rules/autodiscover-finds-nothing.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule

NAME = "autodiscover-finds-nothing"


@rule(NAME)
def autodiscover_finds_nothing(project: Project) -> Iterator[Nomination]:
    """Flags a search for tasks that takes an AppConfig for a package, or that has no Django to ask."""
    late = {(module.path, module.number): module.late for module in project.loading.settings_modules if module.late}
    for discovery in project.loading.discoveries:
        app = discovery.configuration.app
        lost, named = discovery.is_lost, late.get((app.path, app.call))
        if lost is not None:
            what = f"`{lost[0]}` is no package, so `{lost[1]}` is not found"
            yield discovery.nominate(NAME, {"what": what}, fix=discovery.fix)
        elif discovery.asks_django and named is not None:
            what = "the app is made before `DJANGO_SETTINGS_MODULE` is set, so Django's apps are not asked"
            yield discovery.nominate(NAME, {"what": what}, trace=(named,))
