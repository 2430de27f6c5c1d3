"""The rule of its page: `rules/scalar-as-args.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("scalar-as-args")
def scalar_as_args(project: Project) -> Iterator[Nomination]:
    """Flags `args` that is no list or tuple, and `kwargs` that is no dict."""
    for message in project.messages:
        for container in message.bad_containers:
            yield message.nominate_option("scalar-as-args", container, "put it in a tuple")
