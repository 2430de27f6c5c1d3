"""What a function of the project is given that sends a task it is given too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from celery_lint.facts import schema as s
from celery_lint.project.arguments.given import Sent
from celery_lint.project.dispatches import Sending
from celery_lint.project.values import behind

if TYPE_CHECKING:
    from celery_lint.project.project import Project

__all__ = ["sent_on"]


def sent_on(project: Project, sending: Sending) -> Iterator[Sent]:
    """The arguments of a wrapper's call that the wrapper gives to the task as they are."""
    call = project.program.view(sending.path).facts.calls[sending.call]
    place = project.program.place_of_call(sending.path, call)
    function, shift = behind(project.evaluator.value(call.func, place))
    inside = sending.spots[0].inside
    if function is None or inside is None:
        return
    path, frame, order = inside
    calls = project.program.view(path).facts.calls
    inner = next(each for each in calls if (each.frame, each.order) == (frame, order))
    handed = set(names_in((*inner.args, *(keyword.value for keyword in inner.keywords))))
    parameters = project.program.view(function.path).facts.scopes[function.scope].parameters
    plain = [each.name for each in parameters if each.kind in ("positional", "positional-only")][shift:]
    rest = next((each.name for each in parameters if each.kind == "variadic"), "")
    named = {each.name for each in parameters if each.kind not in ("variadic", "keywords")}
    others = next((each.name for each in parameters if each.kind == "keywords"), "")
    for number, expr in enumerate(call.args):
        if isinstance(expr, s.Spread):
            return
        if (plain[number] if number < len(plain) else rest) in handed:
            yield Sent(expr, place)
    for keyword in call.keywords:
        if keyword.name is not None and (keyword.name if keyword.name in named else others) in handed:
            yield Sent(keyword.value, place, keyword.name)


def names_in(exprs: tuple[s.Expr, ...]) -> Iterator[str]:
    """The variables that stand among some arguments, or in what these display or spread."""
    for expr in exprs:
        if isinstance(expr, s.Name):
            yield expr.id
        elif isinstance(expr, s.Spread):
            yield from names_in((expr.value,))
        elif isinstance(expr, s.Display):
            yield from names_in(expr.items)
        elif isinstance(expr, s.Mapping):
            yield from names_in(expr.values)
