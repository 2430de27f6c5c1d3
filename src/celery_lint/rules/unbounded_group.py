"""The rule of its page: `rules/unbounded-group.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("unbounded-group")
def unbounded_group(project: Project) -> Iterator[Nomination]:
    """Flags groups and chords with a task for each row of a table."""
    for fan in project.fans:
        if fan.takes_whole_table:
            yield fan.nominate("unbounded-group", {"kind": fan.kind, "model": fan.model})
