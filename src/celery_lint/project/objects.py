"""What tests of a method's own object say: whether its row is in the database yet, what attributes it has, and which
values these hold.

They are requirements as those of parameters are, under names that no parameter has. `PRESENT` is about the moment at
which the method begins, so it is known only as long as nothing may have saved the object; an attribute (`HAS` and its
name) is one of the class, and there at all times or never; a value (`IS`, the attribute, and the last words of what it
is compared with) holds as long as the method does not set the attribute.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from celery_lint.facts import schema as s
from celery_lint.project.guards import Requirement, requirements, tests_around
from celery_lint.project.view import FileView, last_name

__all__ = ["HAS", "IS", "PRESENT", "carried_on", "is_denied", "is_of_object", "needs_at"]

PRESENT = "the row is there"
HAS = "has "
IS = "is "
KEYS = ("pk", "id")
COMPARED = {"Eq": True, "Is": True, "In": True, "NotEq": False, "IsNot": False, "NotIn": False}
LOOKS = ("bool", "getattr", "hasattr", "isinstance", "super", "type")


class Sight(Struct, frozen=True):
    """An attribute of the object that was found true, or false, or to be one of some values; `order` and `frame` say
    when it was looked at."""

    attribute: str
    holds: bool
    order: int
    frame: int
    values: tuple[str, ...] = ()


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
            if sight.values:
                if "." not in name and not is_set(view, scope, f"{me}.{name}"):
                    found.add((f"{IS}{name} {'|'.join(sight.values)}", sight.holds))
            elif name in KEYS or name == "_state.adding":
                if is_untouched(view, scope, me, sight.frame, sight.order):
                    found.add((PRESENT, sight.holds is (name in KEYS)))
            elif sight.holds and "." not in name and (view.class_of(scope), name) not in view.definitions:
                found.add((f"{HAS}{name}", True))
    return frozenset(found)


def carried_on(needs: frozenset[Requirement], caller: FileView, call: s.Call, *, own: bool) -> frozenset[Requirement]:
    """Those of an object's requirements that are the caller's too, which calls a method of its `own` object."""
    me = own_name(caller, call.scope)
    of_object = frozenset(
        need
        for need in needs
        if is_of_object(need) and not is_set(caller, call.scope, f"{me}.{attribute_compared(need)}")
    )
    if not own:
        return frozenset()
    if is_untouched(caller, call.scope, me, call.frame, call.order):
        return of_object
    return frozenset(need for need in of_object if need[0] != PRESENT)


def is_denied(needs: frozenset[Requirement], caller: FileView, call: s.Call) -> bool:
    """Whether the caller has given an attribute of the object another value than is needed, right before it calls a
    method of it."""
    owner = call.func.base if isinstance(call.func, s.Attribute) else None
    if not isinstance(owner, s.Name):
        return False
    for need, truth in needs:
        attribute = attribute_compared((need, truth))
        given = value_given(caller, call, f"{owner.id}.{attribute}") if attribute else ""
        values = need.rpartition(" ")[2].split("|")
        alike = bool(given) and all(is_literal(value) is is_literal(given) for value in values)
        if alike and (given in values) is not truth:
            return True
    return False


def is_set(view: FileView, scope: int, target: str) -> bool:
    return any(binding.scope == scope for binding in view.paths.get(target, ()))


def attribute_compared(requirement: Requirement) -> str:
    """The attribute that must, or must not, be one of some values; "" for another requirement."""
    words = requirement[0].split(" ")
    return words[1] if len(words) == 3 and f"{words[0]} " == IS else ""


def value_given(view: FileView, call: s.Call, target: str) -> str:
    """The last word of what was certainly assigned before a call in its function; "" when that is not known."""
    before = [b for b in view.paths.get(target, ()) if b.scope == call.scope and b.order < call.order]
    if not before or before[-1].kind != "assign" or before[-1].path or before[-1].value is None:
        return ""
    certain = any(number == before[-1].frame for number, _ in view.scope_frames(call.frame))
    return word_of(before[-1].value) if certain else ""


def word_of(expr: s.Expr) -> str:
    """How a value is told from others of its kind: `DONE` for `Status.DONE`, `=3` for a literal; "" for what may be
    any."""
    if isinstance(expr, s.Constant) and isinstance(expr.value, str | int):
        return f"={expr.value}".replace(" ", "_").replace("|", "_")
    name = last_name(expr)
    return name if name.isupper() else ""


def is_literal(word: str) -> bool:
    return word.startswith("=")


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
        elif test.operators[0] in COMPARED and len(test.operators) == 1:
            path, values = attribute_of(test.operands[0], me), words_of(view, scope, test.operands[1], seen.order)
            if path and values:
                yield Sight(path, holds is COMPARED[test.operators[0]], seen.order, seen.frame, values)
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


def words_of(view: FileView, scope: int, expr: s.Expr, order: int) -> tuple[str, ...]:
    """The words of a value, or of all in a tuple or list, which may be in a variable; nothing where one may be any."""
    binding = only_binding(view, scope, expr.id, order) if isinstance(expr, s.Name) else None
    value = binding.value if binding is not None and binding.value is not None else expr
    words = tuple(map(word_of, value.items if isinstance(value, s.Display) else (value,)))
    return words if all(words) else ()


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
