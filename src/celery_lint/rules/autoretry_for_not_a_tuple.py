"""The rule of its page: `rules/autoretry-for-not-a-tuple.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("autoretry-for-not-a-tuple")
def autoretry_for_not_a_tuple(project: Project) -> Iterator[Nomination]:
    """Flags `autoretry_for` that is a class, or that gives classes by their names."""
    for option in project.autoretry_options:
        if option.is_class:
            values = {"found": "one class", "consequence": "defining the task raises TypeError"}
            yield option.nominate("autoretry-for-not-a-tuple", values, option.in_tuple)
        elif option.names_by_text:
            values = {"found": "a name in quotes", "consequence": "an exception in the task becomes a TypeError"}
            yield option.nominate("autoretry-for-not-a-tuple", values)
