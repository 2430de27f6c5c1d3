"""The rule of its page: `rules/self-without-bind.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.finding import Applicability, SetKeyword
from celery_lint.rule import Fix, Nomination, Project, rule


@rule("self-without-bind")
def self_without_bind(project: Project) -> Iterator[Nomination]:
    """Flags a `self` that nobody passes: a first parameter without `bind=True`, or none at all."""
    for definition in project.task_definitions:
        if definition.task.is_bound is not False or not definition.is_run_as_written or definition.is_method:
            continue
        if definition.takes_self:
            maker = definition.maker
            assert maker is not None
            fix = Fix("Bind the task", Applicability.SAFE, (SetKeyword(maker.location, "bind", "True"),))
            yield definition.nominate("self-without-bind", {"what": "takes `self`"}, fix=fix)
        elif definition.missing_self is not None:
            yield definition.nominate_at(
                "self-without-bind", definition.missing_self, "call", {"what": "uses `self`, which it does not take,"}
            )
