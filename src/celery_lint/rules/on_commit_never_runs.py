"""The rule of its page: `rules/on-commit-never-runs.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("on-commit-never-runs")
def on_commit_never_runs(project: Project) -> Iterator[Nomination]:
    """Flags assertions about a task that waits for a commit, in tests that never commit."""
    for unreached in project.unreached_commits:
        yield unreached.nominate_assertion("on-commit-never-runs")
