"""The rule of its page: `rules/default-queue-not-declared.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.project.configuration import Made
from celery_lint.rule import Nomination, Project, rule


@rule("default-queue-not-declared")
def default_queue_not_declared(project: Project) -> Iterator[Nomination]:
    """Flags declared queues among which the default one is missing."""
    for environment in project.production_environments:
        queues = environment.setting("task_queues").datum
        default = environment.setting("task_default_queue").text
        if queues is None or default is None or not queues.is_complete:
            continue
        made = [item.content.argument(0, "name") for item in queues.items if isinstance(item.content, Made)]
        names = [name.text if name is not None else None for name in made] + [key.text for key, _ in queues.entries]
        count = len(queues.items) + len(queues.entries)
        if not names or len(names) != count or None in names or default in names:
            continue
        home = environment.configuration.home
        if any(each.waits_in_default(default) for each in project.wiring.queues if each.home == home):
            yield environment.nominate("default-queue-not-declared", queues, queue=default)
