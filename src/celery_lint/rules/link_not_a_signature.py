"""The rule of its page: `rules/link-not-a-signature.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("link-not-a-signature")
def link_not_a_signature(project: Project) -> Iterator[Nomination]:
    """Flags a `link` or `link_error` that is a task or a result."""
    for message in project.messages:
        for link in message.bad_links:
            yield message.nominate_option("link-not-a-signature", link, "make it a signature")
