"""The rule of its page: `rules/signature-as-on-commit-callback.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("signature-as-on-commit-callback")
def signature_as_on_commit_callback(project: Project) -> Iterator[Nomination]:
    """Flags `on_commit(task.s(x))`: calling a signature runs the task in the web process."""
    for handover in project.on_commit_calls:
        task = handover.signature_task
        if task is not None:
            yield handover.nominate("signature-as-on-commit-callback", {"task": task.name}, fix=handover.with_delay())
