"""The rule of its page: `rules/autoretry-everything.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("autoretry-everything")
def autoretry_everything(project: Project) -> Iterator[Nomination]:
    """Flags `autoretry_for` that has Exception in it, with no exception that is excepted."""
    for option in project.autoretry_options:
        if option.retries_everything:
            yield option.nominate("autoretry-everything", {"exception": option.everything})
