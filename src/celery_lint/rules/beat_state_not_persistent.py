"""The rule of its page: `rules/beat-state-not-persistent.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("beat-state-not-persistent")
def beat_state_not_persistent(project: Project) -> Iterator[Nomination]:
    """Flags a Beat that forgets with each container when its long intervals began."""
    for deployment in project.deployments:
        for state in deployment.ephemeral_states:
            values = {"entry": state.entry.name, "hours": f"{state.interval / 3600:g}"}
            yield state.beat.nominate("beat-state-not-persistent", values=values)
