"""The rule of its page: `rules/queryset-argument.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("queryset-argument")
def queryset_argument(project: Project) -> Iterator[Nomination]:
    """Flags a queryset, or a list of model instances, in what is sent to a task."""
    for message in project.messages:
        argument = message.first_queryset
        if argument is not None:
            yield message.nominate_model("queryset-argument", argument)
