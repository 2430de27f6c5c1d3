"""Workers that run inside of tests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from celery_lint.finding import Location, Nomination
from celery_lint.project.site import CallSite
from celery_lint.project.testing.cases import ROLLED_BACK, test_cases
from celery_lint.project.values import ClassValue, External

if TYPE_CHECKING:
    from celery_lint.project.project import Project

__all__ = ["TestWorker", "test_workers"]

FIXTURES = ("celery_worker", "celery_session_worker")
START = "celery.contrib.testing.worker.start_worker"


class TestWorker(Struct, frozen=True):
    """A worker that runs while the database of the test is in a transaction of its own. `means` is what starts it."""

    means: str
    location: Location
    statement: Location
    expect: str

    def nominate(self, rule: str) -> Nomination:
        return Nomination(
            rule, self.location, self.statement, {"means": self.means}, expect=self.expect, label="never commits"
        )


def test_workers(project: Project) -> Iterator[TestWorker]:
    """Fixtures of Celery's pytest plugin in tests that are rolled back, and workers started in such classes."""
    for case in test_cases(project, tuple(name.encode() for name in FIXTURES)):
        means = next((name for name in FIXTURES if name in case.parameters), "")
        if means and case.is_rolled_back:
            place = project.program.location(case.path, case.record.span)
            yield TestWorker(f"`{means}`", place, place, "definition")
    for path in project.sources.elsewhere_containing((b"start_worker",)):
        view = project.program.view(path)
        for number in view.calls_by_name.get("start_worker", ()):
            site = CallSite(project, path, number)
            cls = enclosing_class(site)
            if cls is None or site.value_of(site.call.func) != External(START):
                continue
            if project.evaluator.classes.inherits(cls, ROLLED_BACK):
                yield TestWorker("`start_worker`", site.location, site.statement, "call")


def enclosing_class(site: CallSite) -> ClassValue | None:
    """The class whose method makes the call."""
    scope = site.view.class_of(site.view.function_of(site.call.scope))
    return ClassValue(site.path, scope) if scope > 0 else None
