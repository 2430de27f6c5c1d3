"""Test functions, and whether the database they use is rolled back behind them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from celery_lint.facts import schema as s
from celery_lint.project.program import Place
from celery_lint.project.values import ClassValue, External, Literal
from celery_lint.project.view import FileView

if TYPE_CHECKING:
    from celery_lint.project.project import Project

__all__ = ["ROLLED_BACK", "TestCase", "test_cases"]

ROLLED_BACK = frozenset(
    {
        "django.test.TestCase",
        "django.test.testcases.TestCase",
        "rest_framework.test.APITestCase",
    }
)
"""Classes whose tests run in a transaction that is rolled back."""

COMMITTING = ("transactional_db", "live_server", "django_db_reset_sequences", "django_db_serialized_rollback")
MARKER = "pytest.mark.django_db"


class TestCase(Struct, frozen=True, dict=True):
    """A function that a test runner calls."""

    project: Project
    path: str
    scope: int

    @property
    def view(self) -> FileView:
        return self.project.program.view(self.path)

    @property
    def record(self) -> s.Scope:
        return self.view.facts.scopes[self.scope]

    @cached_property
    def cls(self) -> ClassValue | None:
        scope = self.view.class_of(self.scope)
        return ClassValue(self.path, scope) if scope > 0 else None

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        return tuple(parameter.name for parameter in self.record.parameters)

    @cached_property
    def is_rolled_back(self) -> bool:
        """Whether it certainly runs in a transaction that is never committed."""
        if self.cls is not None and self.project.evaluator.classes.inherits(self.cls, ROLLED_BACK):
            return True
        if any(name in COMMITTING for name in self.parameters):
            return False
        marks = list(self._markers)
        return ("db" in self.parameters or bool(marks)) and not any(commits(self.project, *mark) for mark in marks)

    @property
    def _markers(self) -> Iterator[tuple[s.Expr, Place]]:
        """`pytest.mark.django_db` on the function, its class or its module."""
        for expr, place in self._decorations:
            call = self.view.call(expr)
            named = self.project.evaluator.value(call.func if call is not None else expr, place)
            if named == External(MARKER):
                yield expr, place

    @property
    def _decorations(self) -> Iterator[tuple[s.Expr, Place]]:
        for scope in (self.scope, *((self.cls.scope,) if self.cls is not None else ())):
            record = self.view.facts.scopes[scope]
            for decorator in record.decorators:
                yield decorator, Place(self.path, record.parent, record.outer, record.order)
        for binding in self.view.facts.bindings:
            if binding.target == "pytestmark" and binding.value is not None:
                place = Place(self.path, binding.scope, binding.frame, binding.order)
                items = binding.value.items if isinstance(binding.value, s.Display) else (binding.value,)
                yield from ((item, place) for item in items)


def commits(project: Project, mark: s.Expr, place: Place) -> bool:
    """Whether a marker is not certainly one of a test that is rolled back: `django_db(transaction=True)`."""
    call = project.program.view(place.path).call(mark)
    if call is None:
        return False
    given = project.program.view(place.path).argument(call, 0, "transaction")
    if given is None:
        return any(keyword.name is None for keyword in call.keywords)
    return project.evaluator.value(given, place) != Literal("bool", False)


def test_cases(project: Project, needles: tuple[bytes, ...]) -> Iterator[TestCase]:
    """The test functions of the test files in whose bytes one of the needles stands."""
    for path in project.sources.elsewhere_containing(needles):
        if project.scope(path) != "tests":
            continue
        for number, scope in enumerate(project.program.view(path).facts.scopes):
            if scope.kind == "function" and scope.name.startswith("test"):
                yield TestCase(project, path, number)
