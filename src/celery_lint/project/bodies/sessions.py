"""Files whose requests go through a session that another file makes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from celery_lint.facts import schema as s
from celery_lint.knowledge import blocking
from celery_lint.project.values import External
from celery_lint.project.view import FileView, last_name

if TYPE_CHECKING:
    from celery_lint.project.project import Project

__all__ = ["files_with_sessions"]

MAKERS = ("OAuth1Session", "OAuth2Session", "Session", "session")
MAKING = re.compile(rb"requests(?:_oauthlib)?\b(?s:.*)\b(?:OAuth[12]S|[Ss])ession\s*\(")


def files_with_sessions(project: Project) -> Iterator[str]:
    """The code files that call a request method on something named like a session of the project's."""
    names: set[str] = set()
    for path in project.sources.code_matching(MAKERS, MAKING):
        names |= names_of_sessions(project, project.program.view(path))
    if names:
        named, methods = ("|".join(sorted(each)).encode() for each in (names, blocking.REQUEST_METHODS))
        asking = re.compile(rb"\b(?:%b)(?:\(\))?\s*\.\s*(?:%b)\s*\(" % (named, methods))
        yield from project.sources.code_matching(sorted(names), asking)


def names_of_sessions(project: Project, view: FileView) -> set[str]:
    """The names by which other files get at the sessions that this one makes: those of variables and attributes, and
    of functions that give one back."""
    numbers = [number for last in MAKERS for number in view.calls_by_name.get(last, ())]
    makers = {number for number in numbers if is_session(project, view, number)}
    new = {view.facts.scopes[view.function_of(view.facts.calls[number].scope)].name for number in makers}
    new |= names_given(view, lambda value: isinstance(value, s.CallRef) and value.index in makers)
    known: set[str] = set()
    while new:
        known |= new
        new = names_given(view, partial(is_named, view, known)) - known
    return {name for name in known if name.isidentifier() and not name.startswith("__")}


def is_session(project: Project, view: FileView, number: int) -> bool:
    call = view.facts.calls[number]
    value = project.evaluator.value(call.func, project.program.place_of_call(view.path, call))
    return isinstance(value, External) and value.name in blocking.SESSIONS


def names_given(view: FileView, is_given: Callable[[s.Expr], bool]) -> set[str]:
    """The names that other files know such a value by: of attributes and variables, and of what returns it."""
    bound = {
        binding.target.rpartition(".")[2]
        for binding in view.facts.bindings
        if binding.value is not None and is_given(binding.value) and (binding.base is not None or binding.scope == 0)
    }
    returned = (item for item in view.facts.returns if item.value is not None and is_given(item.value))
    return bound | {view.facts.scopes[view.function_of(item.scope)].name for item in returned}


def is_named(view: FileView, names: set[str], value: s.Expr) -> bool:
    """Whether an expression, or what it calls, ends in one of the names."""
    call = view.call(value)
    return last_name(call.func if call is not None else value) in names
