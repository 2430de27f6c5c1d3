"""The rule of its page: `rules/delay-on-commit-unavailable.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.project.commit import wait_for_commit
from celery_lint.rule import Nomination, Project, rule


@rule("delay-on-commit-unavailable")
def delay_on_commit_unavailable(project: Project) -> Iterator[Nomination]:
    """Flags `delay_on_commit` on what certainly does not have it."""
    version = project.celery_version
    for dispatch in project.dispatches:
        if not dispatch.is_commit_method:
            continue
        if dispatch.sending.receiver != "task":
            reason = f"a {dispatch.sending.receiver} has no such method"
        elif version is not None and version < (5, 4):
            reason = f"Celery {'.'.join(map(str, version))} does not have it yet"
        elif project.lacks_django_app and dispatch.task.base is None:
            reason = "the app is made without the Django fixup"
        elif dispatch.task.django_base is False:
            reason = "its base is not DjangoTask"
        else:
            continue
        yield dispatch.nominate(
            "delay-on-commit-unavailable",
            {"reason": reason},
            trace=dispatch.definition,
            fix=wait_for_commit(dispatch, dispatch.around.using),
        )
