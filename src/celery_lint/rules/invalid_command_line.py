"""The rule of its page: `rules/invalid-command-line.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("invalid-command-line")
def invalid_command_line(project: Project) -> Iterator[Nomination]:
    """Flags what Celery does not take, or takes for something else, in a command line."""
    for location, command, problem in project.services.mistakes:
        yield command.nominate("invalid-command-line", location, {"problem": problem})
