"""The second key of every finding: confirms nominations on the concrete tree and drafts their fixes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from msgspec import Struct, structs

from celery_lint.inspection.draft import DraftError, draft
from celery_lint.inspection.workspace import NotFoundError, Workspace, span_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from celery_lint.finding import Location, Nomination, Suggestion

__all__ = ["Verdict", "Verdicts", "inspect"]


class Verdict(Struct, frozen=True):
    """What the concrete tree says to a nomination.

    `location` is where it is, without the body of a compound statement. `reason` says why it is not
    confirmed, or why its fix could not be drafted.
    """

    nomination: Nomination
    confirmed: bool
    location: Location
    suggestion: Suggestion | None
    reason: str = ""


class Verdicts(Protocol):
    """What earlier inspections said."""

    def verdict(self, nomination: Nomination) -> Verdict | None:
        """What it would be said now, if that is known."""

    def keep_verdict(self, verdict: Verdict, read: Iterable[str]) -> None:
        """Remember a verdict for as long as the files it was reached from stay as they are."""


def inspect(
    nominations: Sequence[Nomination], read: Callable[[str], bytes], known: Verdicts | None = None
) -> list[Verdict]:
    """One verdict for each nomination, in their order.

    `read` gives the bytes of a path, and raises OSError if it cannot.
    """
    workspace = Workspace(read)
    verdicts: dict[int, Verdict] = {}
    for index in sorted(range(len(nominations)), key=lambda index: nominations[index].location):
        verdict = known.verdict(nominations[index]) if known is not None else None
        if verdict is None:
            workspace.consulted.clear()
            verdict = _judge(nominations[index], workspace)
            if known is not None:
                known.keep_verdict(verdict, workspace.consulted)
        verdicts[index] = verdict
    return [verdicts[index] for index in range(len(nominations))]


def _judge(nomination: Nomination, workspace: Workspace) -> Verdict:
    try:
        location = _confirm(nomination, workspace)
    except NotFoundError as reason:
        return Verdict(nomination, False, nomination.location, None, str(reason))
    if nomination.fix is None:
        return Verdict(nomination, True, location, None)
    try:
        suggestion = draft(nomination.fix, nomination, workspace)
    except (DraftError, NotFoundError) as reason:
        return Verdict(nomination, True, location, None, str(reason))
    return Verdict(nomination, True, location, suggestion)


def _confirm(nomination: Nomination, workspace: Workspace) -> Location:
    """Where the nominee is: a compound statement ends with its header."""
    location, expect = nomination.location, nomination.expect
    if not expect:
        return location
    span, place = span_of(location), location
    if expect in ("definition", "handler", "with"):
        place = structs.replace(location, end_line=location.line, end_column=location.column)
    _, cut = workspace.find(place, nomination.statement, lambda tree: tree.confirms(expect, span))
    header = workspace.source(location.path).position_at(cut.end - 1)
    if place is not location and cut.below and span[2:] > header:
        return structs.replace(location, end_line=header[0], end_column=header[1])
    return location
