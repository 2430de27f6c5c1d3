"""Tests that replace the sending of a task which only a commit sends, and never get to one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from celery_lint.facts import schema as s
from celery_lint.finding import Nomination, Step
from celery_lint.project.dispatch import Dispatch
from celery_lint.project.places import place_of
from celery_lint.project.program import Place
from celery_lint.project.site import CallSite
from celery_lint.project.testing.cases import TestCase, test_cases
from celery_lint.project.values import External, Literal, ModuleValue, TaskMethod, TaskValue, Value
from celery_lint.project.view import FileView

if TYPE_CHECKING:
    from celery_lint.project.dispatch import Dispatch
    from celery_lint.project.project import Project

__all__ = ["UnreachedCommit", "unreached_commits"]

PATCH = frozenset({"unittest.mock.patch", "mock.patch", "unittest.mock.patch.object", "mock.patch.object"})
SENDING = ("delay", "apply_async")
ASSERTIONS = (
    "assert_called",
    "assert_called_once",
    "assert_called_with",
    "assert_called_once_with",
    "assert_any_call",
    "assert_has_calls",
    "assert_not_called",
)
REACHING = (b"captureOnCommitCallbacks", b"on_commit", b"run_on_commit", b"transaction=True")
"""What runs callbacks, or replaces what holds them back."""


class UnreachedCommit(CallSite, frozen=True):
    """An assertion about the sending of a task that waits for a commit, in a test that never commits."""

    dispatches: tuple[Dispatch, ...]
    """Every place that sends the task."""

    def nominate_assertion(self, rule: str) -> Nomination:
        values = {"task": self.dispatches[0].task.name, "assertion": self.method}
        sent = tuple(Step(each.location, "sent here, at the commit", aside=True) for each in self.dispatches)
        return self.nominate(rule, values, label="nothing was sent yet", trace=sent)


def unreached_commits(project: Project) -> Iterator[UnreachedCommit]:
    """Each in a test whose file and whose conftests have nothing that runs callbacks."""
    deferred = _deferred_tasks(project)
    if not deferred:
        return
    names = {project.program.view(task.path).facts.scopes[task.scope].name for task in deferred if task.path}
    for case in test_cases(project, tuple(sorted(name.encode() for name in names if name))):
        asserts = b".assert_" in project.sources.read(case.path)
        if asserts and case.is_rolled_back and not _may_reach(project, case):
            for name, replaced in _replaced(case):
                task, method = _sending(replaced)
                if task is not None and task in deferred:
                    yield from _assertions(case, name, method, deferred[task])


def _deferred_tasks(project: Project) -> dict[TaskValue, tuple[Dispatch, ...]]:
    """The tasks that are sent somewhere, and nowhere without waiting for the commit, with the places."""
    found: dict[TaskValue, tuple[Dispatch, ...]] = {}
    at_once = set()
    for dispatch in project.dispatches:
        task = dispatch.task.value
        found[task] = (*found.get(task, ()), dispatch)
        if not task.is_certain or not (dispatch.waits_for_commit or _is_callback(project, dispatch)):
            at_once.add(task)
    return {task: dispatches for task, dispatches in found.items() if task not in at_once}


def _is_callback(project: Project, dispatch: Dispatch) -> bool:
    """Whether the dispatch stands in a function that `on_commit` alone calls."""
    if dispatch.around.kind != "function":
        return dispatch.around.kind == "deferred"
    uses = project.callers.uses(project.reach.state(dispatch.path, dispatch.around.scope))
    return bool(uses) and all(use.kind == "deferred" for use in uses)


def _may_reach(project: Project, case: TestCase) -> bool:
    """Whether callbacks may run: by what stands in the test, or around the tests of its file, classes and fixtures."""
    beside = {path for path in project.sources.files if path.endswith("conftest.py") and _is_above(path, case.path)}
    bases = project.evaluator.classes.order(case.cls) if case.cls is not None else ()
    beside |= {base.path for base in bases if not isinstance(base, External)} - {case.path}
    texts = (_without_other_tests(project, case), *(project.sources.read(path) for path in beside))
    return any(word in text for text in texts for word in REACHING)


def _without_other_tests(project: Project, case: TestCase) -> bytes:
    """The lines of the file that are no part of another test."""
    lines = project.sources.read(case.path).splitlines()
    for number, scope in enumerate(case.view.facts.scopes):
        if scope.kind == "function" and scope.name.startswith("test") and number != case.scope:
            lines[scope.whole.line - 1 : scope.whole.end_line] = [b""] * (scope.whole.end_line - scope.whole.line + 1)
    return b"\n".join(lines)


def _is_above(conftest: str, path: str) -> bool:
    directory = conftest.rpartition("/")[0]
    return not directory or path.startswith(f"{directory}/")


def _replaced(case: TestCase) -> Iterator[tuple[str, Value]]:
    """The mocks of a test by the names they have there, and what each stands for."""
    view = case.view
    for binding in view.facts.bindings:
        if binding.scope == case.scope and binding.kind in ("with", "assign") and isinstance(binding.value, s.CallRef):
            value = _target(case.project, view, view.facts.calls[binding.value.index])
            if value is not None:
                yield binding.target, value
    targets = []
    for decorator in reversed(case.record.decorators):
        call = view.call(decorator)
        value = _target(case.project, view, call) if call is not None else None
        if value is None:
            if call is not None and _is_patch(case.project, view, call):
                return
            continue
        targets.append(value)
    parameters = case.parameters[1:] if case.cls is not None else case.parameters
    yield from zip(parameters, targets, strict=False)


def _is_patch(project: Project, view: FileView, call: s.Call) -> bool:
    value = project.evaluator.value(call.func, project.program.place_of_call(view.path, call))
    return isinstance(value, External) and value.name in PATCH


def _target(project: Project, view: FileView, call: s.Call) -> Value | None:
    """What `patch("shop.tasks.send.delay")` or `patch.object(send, "delay")` replaces by a mock of its own."""
    place = project.program.place_of_call(view.path, call)
    if not _is_patch(project, view, call) or any(k.name in ("new", "new_callable", None) for k in call.keywords):
        return None
    values = [project.evaluator.value(arg, place) for arg in call.args]
    if len(values) == 1 and isinstance(values[0], Literal) and isinstance(values[0].value, str):
        return _named(project, values[0].value, place)
    if len(values) == 2 and isinstance(values[1], Literal) and isinstance(values[1].value, str):
        return project.evaluator.attribute(values[0], values[1].value)
    return None


def _named(project: Project, name: str, place: Place) -> Value | None:
    """What a dotted name leads to."""
    parts = name.split(".")
    for length in range(len(parts) - 1, 0, -1):
        path = project.sources.find_module(".".join(parts[:length]), place.path)
        if path is not None and place_of(path) != "tests":
            value: Value = ModuleValue(path)
            for part in parts[length:]:
                value = project.evaluator.attribute(value, part)
            return value
    return External(name)


def _sending(value: Value) -> tuple[TaskValue | None, str]:
    """The task that is replaced, and "" or the method that alone is."""
    if isinstance(value, TaskMethod) and value.name in SENDING and isinstance(value.receiver, TaskValue):
        return value.receiver, value.name
    return (value, "") if isinstance(value, TaskValue) else (None, "")


def _assertions(case: TestCase, name: str, method: str, dispatches: tuple[Dispatch, ...]) -> Iterator[UnreachedCommit]:
    """`mock.assert_called()` where the method is replaced, `mock.delay.assert_called()` where the task is."""
    heads = [s.Name(name)] if method else [s.Attribute(s.Name(name), each) for each in SENDING]
    for number in case.view.calls_by_scope.get(case.scope, ()):
        func = case.view.facts.calls[number].func
        if isinstance(func, s.Attribute) and func.name in ASSERTIONS and func.base in heads:
            yield UnreachedCommit(case.project, case.path, number, dispatches)
