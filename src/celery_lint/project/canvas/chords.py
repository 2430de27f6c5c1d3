"""Chords: what is called with the results of a group."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from celery_lint.facts import schema as s
from celery_lint.finding import Nomination
from celery_lint.project.canvas.canvas import Located
from celery_lint.project.site import CallSite
from celery_lint.project.values import Literal, Signature

if TYPE_CHECKING:
    from celery_lint.project.project import Project

__all__ = ["Chord", "chords"]

RPC = 'cannot start: the "rpc" backend does not support chords'
NONE = "cannot start: no result backend is configured"
WAITING = ("database", "file")
"""Backends that wait for the result of each task in the group. Redis is told of each when it ends."""
OPTION = "ignore_result"
SETTERS = ("set", "signature", "subtask", "apply_async")


class Chord(CallSite, frozen=True):
    """A chord, or a group in a chain that Celery makes one of; known by the call that makes its callback. `header` is
    what it is called with the results of."""

    header: Located | None

    @property
    def fault(self) -> str:
        """Why the callback is never run, in words; "" when it may be."""
        kind = self.project.kind_of_backend(self.path)
        if kind in WAITING:
            ignored = self._ignored
            return f"never ends: `{ignored}` ignores its results, and no {kind} has them" if ignored else ""
        return {"none": NONE, "rpc": RPC}.get(kind, "")

    @property
    def _ignored(self) -> str:
        """The name of a task of the header whose results are certainly not kept; "" when there is none."""
        if self.header is None or any(self._sets(name) for name in SETTERS):
            return ""
        for counted in self.project.canvases.counted(self.header):
            task = self.project.tasks.of(counted)
            if counted.is_certain and task.inherited_option(OPTION) == Literal("bool", True):
                return task.name
        return ""

    def _sets(self, name: str) -> bool:
        """Whether a method of that name is given the option somewhere in the file."""
        calls = (self.view.facts.calls[number] for number in self.view.calls_by_name.get(name, ()))
        return any(keyword.name == OPTION for call in calls for keyword in call.keywords)

    def nominate_callback(self, rule: str) -> Nomination:
        return self.nominate(rule, {"fault": self.fault}, label="gets the results of a group")


def chords(project: Project) -> Iterator[Chord]:
    """Each once, in the order of files."""
    found = {}
    for part in project.canvases.parts:
        if part.gets == "results" and not part.is_link and isinstance(part.expr, s.CallRef):
            value = project.evaluator.value(part.expr, part.place)
            if isinstance(value, Signature) and value.kind == "signature":
                chord = Chord(project, part.place.path, part.expr.index, part.header)
                found[chord.path, chord.number] = chord
    for key in sorted(found):
        yield found[key]
