"""The rule of its page: `rules/map-for-starmap.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("map-for-starmap")
def map_for_starmap(project: Project) -> Iterator[Nomination]:
    """Flags a `map` or `starmap` that passes each item in the other's way."""
    for bad in project.bad_maps:
        yield bad.nominate_method("map-for-starmap")
