"""What tests of a method's own object say: whether its row is in the database yet, and what attributes it has.

They are requirements as those of parameters are, under names that no parameter has. `PRESENT` is about the moment at
which the method begins, so it is known only as long as nothing may have saved the object; an attribute (`HAS` and its
name) is one of the class, and there at all times or never.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from celery_lint.facts import schema as s
from celery_lint.project.guards import Requirement, requirements, tests_around
from celery_lint.project.view import FileView, last_name

__all__ = ["HAS", "PRESENT", "carried_on", "is_of_object", "needs_at"]

PRESENT = "the row is there"
HAS = "has "
KEYS = ("pk", "id")
LOOKS = ("bool", "getattr", "hasattr", "isinstance", "super", "type")


class Sight(Struct, frozen=True):
    """An attribute of the object that was found true, or false; `order` and `frame` say when it was looked at."""

    attribute: str
    holds: bool
    order: int
    frame: int


def is_of_object(requirement: Requirement) -> bool:
    return " " in requirement[0]


def needs_at(view: FileView, frame: int, order: int) -> frozenset[Requirement]:
    """What the parameters and the object of the enclosing function must be for a place in it to be reached."""
    found = set(requirements(view, frame, order))
    tests = list(tests_around(view, frame, order))
    scope = view.facts.frames[frame].scope
    me = own_name(view, scope)
    for number, holds in tests if me else ():
        record = view.facts.frames[number]
        for sight in sights(view, scope, me, record.expr, Sight("", holds, record.order, record.parent)):
            name = sight.attribute
            if name in KEYS or name == "_state.adding":
                if is_untouched(view, scope, me, sight.frame, sight.order):
                    found.add((PRESENT, sight.holds is (name in KEYS)))
            elif sight.holds and "." not in name and (view.class_of(scope), name) not in view.definitions:
                found.add((f"{HAS}{name}", True))
    return frozenset(found)


def carried_on(needs: frozenset[Requirement], caller: FileView, call: s.Call, *, own: bool) -> frozenset[Requirement]:
    """Those of an object's requirements that are the caller's too, which calls a method of its `own` object."""
    of_object = frozenset(need for need in needs if is_of_object(need))
    if not own:
        return frozenset()
    if is_untouched(caller, call.scope, own_name(caller, call.scope), call.frame, call.order):
        return of_object
    return frozenset(need for need in of_object if need[0] != PRESENT)


def own_name(view: FileView, scope: int) -> str:
    """The first parameter of a method, under which it knows its object; "" for another function."""
    record = view.facts.scopes[scope]
    if view.class_of(scope) <= 0 or not record.parameters or record.parameters[0].name == "cls":
        return ""
    return record.parameters[0].name


def sights(view: FileView, scope: int, me: str, test: s.Expr | None, seen: Sight) -> Iterator[Sight]:
    """What is known of the object's attributes once a test held, or did not."""
    holds = seen.holds

    def of(expr: s.Expr, holds: bool) -> Iterator[Sight]:
        return sights(view, scope, me, expr, Sight("", holds, seen.order, seen.frame))

    if isinstance(test, s.Attribute):
        path = attribute_of(test, me)
        if path:
            yield Sight(path, holds, seen.order, seen.frame)
    elif isinstance(test, s.Negation):
        yield from of(test.value, not holds)
    elif isinstance(test, s.Choice) and test.kind != "if":
        for option in test.options if test.kind == ("and" if holds else "or") else ():
            yield from of(option, holds)
    elif isinstance(test, s.Choice):
        true = [option for option in test.options if not (isinstance(option, s.Constant) and not option.value)]
        if holds and len(true) == 1:
            yield from of(true[0], True)
    elif isinstance(test, s.Comparison):
        if test.operators in (("Is",), ("IsNot",)) and test.operands[1] == s.Constant("NoneType", None):
            yield from of(test.operands[0], holds is (test.operators == ("IsNot",)))
    elif isinstance(test, s.CallRef):
        call = view.facts.calls[test.index]
        if last_name(call.func) == "bool" and len(call.args) == 1:
            yield from of(call.args[0], holds)
        elif holds and last_name(call.func) == "hasattr" and call.args[:1] == (s.Name(me),):
            name = call.args[1] if len(call.args) == 2 else None
            if isinstance(name, s.Constant):
                yield Sight(str(name.value), True, seen.order, seen.frame)
    elif isinstance(test, s.Name):
        binding = only_binding(view, scope, test.id, seen.order)
        if binding is not None and binding.value is not None:
            then = Sight("", holds, binding.order, binding.frame)
            yield from sights(view, scope, me, binding.value, then)


def only_binding(view: FileView, scope: int, name: str, order: int) -> s.Binding | None:
    """What certainly gave a variable the value that it has at a place."""
    entries = [entry for entry in view.definitions.get((scope, name), ()) if entry.order < order]
    given = [entry.binding for entry in entries if entry.parameter < 0]
    if len(given) != 1 or given[0] is None or given[0].kind not in ("assign", "annotated") or given[0].path:
        return None
    return given[0] if given[0].frame == view.facts.scopes[scope].frame else None


def attribute_of(expr: s.Expr, me: str) -> str:
    """`_state.adding` for `self._state.adding`; "" for what is no attribute of the object."""
    names = []
    while isinstance(expr, s.Attribute):
        names.append(expr.name)
        expr = expr.base
    return ".".join(reversed(names)) if expr == s.Name(me) else ""


def is_untouched(view: FileView, scope: int, me: str, frame: int, order: int) -> bool:
    """Whether nothing in the method has changed its object, or handed it on, before a place in it."""
    around = {number for number, _ in view.scope_frames(frame)}

    def may_precede(other: int, when: int) -> bool:
        if when >= order:
            return any(view.facts.frames[number].kind == "loop" for number in around)
        return not any(
            number in view.exits and record.kind == "if" and number not in around
            for number, record in view.scope_frames(other)
        )

    for number in view.calls_by_scope.get(scope, ()):
        call = view.facts.calls[number]
        if touches(view, call, me) and may_precede(call.frame, call.order):
            return False
    names = tuple(f"{me}.{key}" for key in KEYS)
    return not any(
        binding.scope == scope and may_precede(binding.frame, binding.order)
        for name in names
        for binding in view.paths.get(name, ())
    )


def touches(view: FileView, call: s.Call, me: str) -> bool:
    """Whether a call is one of the object's methods, or is given the object."""
    if isinstance(call.func, s.Attribute):
        base = call.func.base
        made = view.call(base)
        if base == s.Name(me) or (made is not None and last_name(made.func) == "super"):
            return True
    given = (*call.args, *(keyword.value for keyword in call.keywords))
    return s.Name(me) in given and last_name(call.func) not in LOOKS
