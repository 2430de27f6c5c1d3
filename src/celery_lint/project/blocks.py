"""Which transactions certainly write no row: what is sent in them has no commit to wait for."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.facts import schema as s
from celery_lint.knowledge import reading
from celery_lint.project.evaluate import Evaluator
from celery_lint.project.program import Program
from celery_lint.project.rows import Writers
from celery_lint.project.transactions import Around
from celery_lint.project.uses import Use
from celery_lint.project.values import (
    ClassValue,
    External,
    ExternalMethod,
    FunctionValue,
    Signature,
    TaskMethod,
    TaskValue,
    Value,
    behind,
)
from celery_lint.project.view import FileView, last_name, within

__all__ = ["Blocks"]


class Suspects(Writers):
    """Counts what cannot be told as a write."""

    CALLING_ITSELF = True

    def is_write(self, view: FileView, call: s.Call, depth: int) -> bool:
        return super().is_write(view, call, depth) or not self._is_known(view, call)

    def _is_known(self, view: FileView, call: s.Call) -> bool:
        """Whether it is told what the call runs, and that this does not write but by what it calls itself."""
        place = self.program.place_of_call(view.path, call)
        callee = self.evaluator.value(call.func, place)
        name = last_name(call.func)
        if isinstance(callee, ClassValue | TaskMethod) or name[:1].isupper():
            return True
        if self.functions(callee, name):
            return not isinstance(callee, ExternalMethod)
        if isinstance(callee, External):
            return is_harmless(callee.name)
        if not isinstance(call.func, s.Attribute):
            return False
        receiver = self.evaluator.value(call.func.base, place)
        if isinstance(receiver, TaskValue | Signature):
            return name != "apply"
        return name in reading.METHODS or (name == "write" and last_name(call.func.base) in reading.OUTPUTS)

    def functions(self, callee: Value, name: str) -> list[FunctionValue]:
        run = behind(callee)[0] if isinstance(callee, TaskValue) else None
        return [run] if run is not None else super().functions(callee, name)


class Blocks:
    def __init__(self, program: Program, evaluator: Evaluator) -> None:
        self.program = program
        self.evaluator = evaluator
        self.writers = Writers(program, evaluator)
        self.suspects = Suspects(program, evaluator)

    def is_idle(self, around: Around, use: Use) -> bool:
        """Whether nothing that can run together with the use, in the transaction around it, writes a row.

        A transaction around nothing but messages was made for them, as if they waited for it: of that it is not said.
        """
        view = self.program.view(use.path)
        if around.frame < 0 or use.call < 0 or self._lends(view, around):
            return False
        calls = list(self._together(view, around.frame, use))
        if all(view.facts.calls[use.call] == call or self._sends(view, call) for call in calls):
            return False
        return not any(self.suspects.is_write(view, call, 0) for call in calls) and not self._is_wrapped(view, around)

    def _sends(self, view: FileView, call: s.Call) -> bool:
        return isinstance(self.evaluator.value(call.func, self.program.place_of_call(view.path, call)), TaskMethod)

    def _lends(self, view: FileView, around: Around) -> bool:
        """Whether it is left half-way, for others to run in it: the block of a context manager."""
        return any(item.kind == "yield" for item in view.returns_by_scope.get(around.scope, ()))

    def _is_wrapped(self, view: FileView, around: Around) -> bool:
        """Whether another decorator of a decorated function may write."""
        if view.facts.frames[around.frame].kind != "scope":
            return False
        for value in self.evaluator.definitions.decorators(view.path, around.scope):
            function = behind(value)[0]
            if function is not None and self.writers.may_write(function.path, function.scope):
                return True
        return False

    def _together(self, view: FileView, block: int, use: Use) -> Iterator[s.Call]:
        """The calls of the block that can run in the same transaction as the use."""
        frames = view.facts.frames
        scope = frames[block].scope
        around = [number for number, _ in view.scope_frames(use.frame)]
        around = around[: around.index(block)]
        loops = [position for position, number in enumerate(around) if frames[number].kind == "loop"]
        once = around[loops[-1] + 1 :] if loops else around
        branches = {
            (frames[number].parent, frames[number].span): frames[number].branch
            for number in once
            if frames[number].kind in ("if", "match")
        }
        left = (
            None if loops else min((view.exits[n] for n in around if view.exits.get(n, -1) > use.order), default=None)
        )
        for call in view.facts.calls:
            if not within(view.facts.scopes, call.scope, scope):
                continue
            up = [number for number, _ in view.frames_up(call.frame)]
            if block not in up:
                continue
            if left is not None and call.order > left:
                continue
            inner = up[: up.index(block)]
            if not any(self._is_apart(view, number, branches, around, use.order) for number in inner):
                yield call

    def _is_apart(
        self,
        view: FileView,
        frame: int,
        branches: dict[tuple[int, s.Span], int],
        around: list[int],
        order: int,
    ) -> bool:
        """Whether a frame is the other branch of an if around a place, or one that is left before it."""
        record = view.facts.frames[frame]
        if record.kind not in ("if", "match"):
            return False
        branch = branches.get((record.parent, record.span), record.branch)
        return branch != record.branch or (frame not in around and view.exits.get(frame, order) < order)


def is_harmless(name: str) -> bool:
    """Whether a function of a package leaves rows as they are: `json.dumps`, `shop.models.Order.objects.get`."""
    rest, _, last = name.rpartition(".")
    is_query = rest.endswith(".objects") and last in reading.QUERIES
    return is_query or name.partition(".")[0] in reading.STANDARD or name.startswith(reading.FUNCTIONS)
