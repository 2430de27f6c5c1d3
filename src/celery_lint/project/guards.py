"""What a function's parameters must be for a place in it to be reached: `if broadcast:`, `if not commit: return`.

A requirement is (parameter, truth): the parameter must be true, or false. Calls that pass a literal, or leave the
default, which says otherwise do not reach the place.
"""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.facts import schema as s
from celery_lint.project.view import FileView

__all__ = ["Requirement", "carried", "requirements"]

Requirement = tuple[str, bool]


def requirements(view: FileView, frame: int, order: int) -> frozenset[Requirement]:
    """What the parameters of the enclosing function must be at a place, as far as plain tests of them say."""
    found: set[Requirement] = set()
    frames = view.facts.frames
    inside = []
    scope = 0
    for number, record in view.scope_frames(frame):
        inside.append(number)
        scope = record.scope
        if record.kind == "if":
            found.update(facts_of(record.expr, record.branch == 0))
    if scope == 0:
        return frozenset()
    for number, record in enumerate(frames):
        if record.kind == "if" and record.branch == 0 and record.parent in inside and record.order < order:
            leaves = view.exits.get(number)
            if leaves is not None and leaves < order and number not in inside:
                found.update(facts_of(record.expr, holds=False))
    parameters = {p.name for p in view.facts.scopes[scope].parameters if p.kind not in ("variadic", "keywords")}
    return frozenset((name, truth) for name, truth in found if name in parameters and not is_rebound(view, scope, name))


def facts_of(test: s.Expr | None, holds: bool) -> Iterator[Requirement]:
    """What is known of names once a test held, or did not."""
    if isinstance(test, s.Name):
        yield test.id, holds
    elif isinstance(test, s.Negation):
        yield from facts_of(test.value, not holds)
    elif isinstance(test, s.Choice) and test.kind == ("and" if holds else "or"):
        for option in test.options:
            yield from facts_of(option, holds)


def is_rebound(view: FileView, scope: int, name: str) -> bool:
    return any(entry.parameter < 0 for entry in view.definitions.get((scope, name), ()))


def carried(
    needed: frozenset[Requirement], callee: FileView, function: int, shift: int, caller: FileView, call: s.Call
) -> frozenset[Requirement] | None:
    """What the caller's own parameters must be for its call to meet the callee's requirements; None when the call
    certainly does not meet them."""
    found: set[Requirement] = set()
    parameters = callee.facts.scopes[function].parameters
    names = [parameter.name for parameter in parameters]
    spread = any(isinstance(arg, s.Spread) for arg in call.args)
    own = {p.name: p.kind for p in caller.facts.scopes[call.scope].parameters}
    for name, truth in needed:
        position = names.index(name) if name in names else -1
        expr = caller.argument(call, position - shift, name) if position >= shift else None
        if position < 0:
            expr = next((k.value for k in call.keywords if k.name == name), None)
        kwargs = next((k.value for k in call.keywords if k.name is None), None)
        if expr is None and kwargs is not None:
            if isinstance(kwargs, s.Name) and own.get(kwargs.id) == "keywords":
                found.add((name, truth))
            continue
        if expr is None and not spread and position >= 0:
            expr = parameters[position].default
        if isinstance(expr, s.Constant) and literal_truth(expr) is not None:
            if literal_truth(expr) is not truth:
                return None
        elif isinstance(expr, s.Name) and expr.id in own and not is_rebound(caller, call.scope, expr.id):
            found.add((expr.id, truth))
    return frozenset(found)


def literal_truth(expr: s.Constant) -> bool | None:
    if expr.kind == "NoneType":
        return False
    return None if expr.value is None else bool(expr.value)
