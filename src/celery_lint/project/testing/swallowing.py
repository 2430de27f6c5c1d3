"""Eager mode whose exceptions go into a result that nobody looks at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from celery_lint.project.configuration import Datum, Environment

if TYPE_CHECKING:
    from celery_lint.project.project import Project

__all__ = ["Swallowing", "swallowing"]


class Swallowing(Struct, frozen=True):
    """An environment that is eager and does not propagate, and the setting to speak of: the one that says so, or the
    one that makes it eager."""

    environment: Environment
    datum: Datum


def swallowing(project: Project) -> Iterator[Swallowing]:
    """For tests and developers, each setting once; in a file where eager mode itself is spoken of there is nothing to
    add."""
    spoken = {item.path for item in (*project.eager.in_tests, *project.eager.in_production)}
    seen = set()
    for configuration in project.configurations:
        for environment in configuration.environments:
            eager = environment.setting("task_always_eager")
            propagates = environment.setting("task_eager_propagates")
            if environment.kind == "production" or not eager.truth or propagates.truth is not False:
                continue
            datum = propagates.datum or eager.datum
            if datum is not None and datum.path not in spoken and (datum.path, datum.span) not in seen:
                seen.add((datum.path, datum.span))
                yield Swallowing(environment, datum)
