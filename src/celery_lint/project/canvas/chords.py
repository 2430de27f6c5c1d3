"""Chords: what is called with the results of a group."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from celery_lint.facts import schema as s
from celery_lint.finding import Nomination
from celery_lint.project.site import CallSite
from celery_lint.project.values import Signature

if TYPE_CHECKING:
    from celery_lint.project.project import Project

__all__ = ["Chord", "chords"]

RPC = 'the "rpc" backend does not support chords'
NONE = "no result backend is configured"


class Chord(CallSite, frozen=True):
    """A chord, or a group in a chain that Celery makes one of; known by the call that makes its callback."""

    @property
    def missing_because(self) -> str:
        """Why Celery cannot start it, in words; "" when it may be able to."""
        return {"none": NONE, "rpc": RPC}.get(self.project.missing_backend(self.path), "")

    def nominate_callback(self, rule: str) -> Nomination:
        return self.nominate(rule, {"reason": self.missing_because}, label="gets the results of a group")


def chords(project: Project) -> Iterator[Chord]:
    """Each once, in the order of files."""
    found = set()
    for part in project.canvases.parts:
        if part.gets == "results" and not part.is_link and isinstance(part.expr, s.CallRef):
            value = project.evaluator.value(part.expr, part.place)
            if isinstance(value, Signature) and value.kind == "signature":
                found.add((part.place.path, part.expr.index))
    for path, number in sorted(found):
        yield Chord(project, path, number)
