"""The rule of its page: `rules/unknown-transport-option.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.finding import Applicability
from celery_lint.knowledge.settings import TRANSPORT_OPTIONS, registry
from celery_lint.project.configuration.changes import renamed
from celery_lint.rule import Nomination, Project, rule
from celery_lint.spelling import closest

NEAR = 0.88


@rule("unknown-transport-option")
def unknown_transport_option(project: Project) -> Iterator[Nomination]:
    """Flags an option of the broker's transport that is nearly one that exists."""
    for environment in project.production_environments:
        scheme = environment.setting("broker_url").options
        transports = {TRANSPORT_OPTIONS.get(option.prefix.partition(":")[0]) for option in scheme}
        groups = [name for name in transports if name] or list(dict.fromkeys(TRANSPORT_OPTIONS.values()))
        known = {name for group in groups for name in registry(group).settings}
        for options in environment.setting("broker_transport_options").options:
            for key, _ in options.entries:
                meant = None if key.text is None or key.text in known else closest(key.text, known, NEAR)
                if meant is not None:
                    values = {"option": key.text or "", "meant": meant}
                    is_given = any(other.text == meant for other, _ in options.entries)
                    fix = None if is_given else renamed(project, key, meant, Applicability.SAFE)
                    yield environment.nominate("unknown-transport-option", key, fix, **values)
