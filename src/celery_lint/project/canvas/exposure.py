"""Results of tasks that are put where only data can go."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from celery_lint.facts import schema as s
from celery_lint.finding import Applicability, Fix, Location, Nomination, ReplaceText
from celery_lint.knowledge.payload import JSON_WRITERS
from celery_lint.project.canvas.results import is_result
from celery_lint.project.program import Place
from celery_lint.project.site import CallSite
from celery_lint.project.values import External

if TYPE_CHECKING:
    from celery_lint.project.project import Project

__all__ = ["ExposedResult", "exposed_results"]

WRITERS = tuple(sorted({name.rpartition(".")[2] for name in JSON_WRITERS}))
RESULTS = ("delay", "apply_async", "AsyncResult")
WRITING = re.compile(rb"\b(?:%b)\b" % "|".join(WRITERS).encode())


class ExposedResult(CallSite, frozen=True):
    """A call that writes JSON, and the results of tasks among what it is given."""

    given: tuple[tuple[s.Expr, Place], ...]
    writer: str

    def nominate_result(self, rule: str) -> Nomination:
        """A nomination at the call, and the fix where all results are sent right where they are written."""
        fix = None
        if all(isinstance(expr, s.CallRef) for expr, _ in self.given):
            ends = (self._end(expr, place) for expr, place in self.given)
            fix = Fix("give the id", Applicability.SAFE, tuple(ReplaceText(end, ".id") for end in ends))
        return self.nominate(rule, {"writer": self.writer}, label="gets an AsyncResult", fix=fix)

    def _end(self, expr: s.Expr, place: Place) -> Location:
        """The place of no width behind a call."""
        call = self.project.program.view(place.path).call(expr)
        assert call is not None
        line, column = call.span.end_line, call.span.end_column
        return Location(place.path, line, column, line, column)


def exposed_results(project: Project) -> Iterator[ExposedResult]:
    """In the order of files."""
    for path in project.sources.code_matching(RESULTS, WRITING):
        view = project.program.view(path)
        found = {number for name in WRITERS for number in view.calls_by_name.get(name, ())}
        for number in sorted(found):
            site = CallSite(project, path, number)
            callee = site.value_of(site.call.func)
            if not isinstance(callee, External) or callee.name not in JSON_WRITERS:
                continue
            keyword = JSON_WRITERS[callee.name]
            data = view.argument(site.call, 0, keyword)
            if data is None or any(
                keyword.name in ("encoder", "default", "cls", None) for keyword in site.call.keywords
            ):
                continue
            given = [part for part in _parts(project, data, site.place) if is_result(project, *part)]
            if given:
                yield ExposedResult(project, path, number, tuple(given), callee.name.rpartition(".")[2])


def _parts(project: Project, expr: s.Expr, place: Place, depth: int = 0) -> Iterator[tuple[s.Expr, Place]]:
    """What is written into a structure, and the structure."""
    yield expr, place
    shown, there = project.evaluator.names.followed(expr, place)
    if depth > 3:
        return
    if isinstance(shown, s.Mapping):
        items = shown.values
    elif isinstance(shown, s.Display):
        items = shown.items
    else:
        items = ()
    for item in items:
        yield from _parts(project, item, there, depth + 1)
