"""The rule of its page: `rules/stale-snapshot-argument.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("stale-snapshot-argument")
def stale_snapshot_argument(project: Project) -> Iterator[Nomination]:
    """Flags a field that is sent beside the key of its row."""
    for message in project.messages:
        argument = message.first_snapshot
        if argument:
            yield message.nominate("stale-snapshot-argument", {"argument": argument})
