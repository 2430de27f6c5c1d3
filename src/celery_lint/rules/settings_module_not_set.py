"""The rule of its page: `rules/settings-module-not-set.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("settings-module-not-set")
def settings_module_not_set(project: Project) -> Iterator[Nomination]:
    """Flags an app that reads Django's settings in a module that does not say which."""
    for module in project.loading.settings_modules:
        if module.missing:
            yield module.nominate("settings-module-not-set", fix=module.naming)
