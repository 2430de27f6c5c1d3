"""The rule of its page: `rules/model-instance-argument.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("model-instance-argument")
def model_instance_argument(project: Project) -> Iterator[Nomination]:
    """Flags a model instance in what is sent to a task."""
    for message in project.messages:
        argument = message.first_instance
        if argument is not None:
            yield message.nominate_model("model-instance-argument", argument)
