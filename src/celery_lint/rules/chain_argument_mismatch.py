"""The rule of its page: `rules/chain-argument-mismatch.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule


@rule("chain-argument-mismatch")
def chain_argument_mismatch(project: Project) -> Iterator[Nomination]:
    """Flags a link that has no room for the previous result, or that `.si()` withholds it from."""
    for message in project.messages:
        mismatch = message.mismatch
        if mismatch is not None and mismatch.by_result:
            yield message.nominate_link("chain-argument-mismatch", mismatch)
