"""The rule of its page: `rules/naive-eta.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("naive-eta")
def naive_eta(project: Project) -> Iterator[Nomination]:
    """Flags an `eta` or `expires` that is a local time without a zone."""
    for message in project.messages:
        for time in message.naive_times:
            yield message.nominate_time("naive-eta", time)
