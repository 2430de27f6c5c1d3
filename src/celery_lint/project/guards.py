"""What a function's parameters must be for a place in it to be reached: `if broadcast:`, `if not commit: return`.

A requirement is (parameter, truth): the parameter must be true, or false. Calls that pass a literal, or leave the
default, which says otherwise do not reach the place.
"""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.facts import schema as s
from celery_lint.project.view import FileView, last_name, within

__all__ = ["Requirement", "carried", "is_missing", "requirements", "tests_around"]

Requirement = tuple[str, bool]
NOTHING = s.Constant("NoneType", None)
CHANGES = ("setdefault", "update")
FILLING = ("append", "extend", "insert")
READERS = ("bool", "chain", "enumerate", "group", "len", "list", "sorted", "tuple")
"""Functions that put nothing into a list they are given."""
SOME = ((("Gt",), (s.Constant("int", 0),)), (("NotEq",), (s.Constant("int", 0),)), (("GtE",), (s.Constant("int", 1),)))
"""How the length of something is compared to say that it is not empty."""
OPTIONAL = "?"
"""Ends the name of a keyword on its way through `**kwargs` to a parameter whose default meets the requirement."""


def requirements(view: FileView, frame: int, order: int, asked: frozenset[str] = frozenset()) -> frozenset[Requirement]:
    """What the parameters of the enclosing function must be at a place, as far as plain tests of them say.

    `asked` are the variables of which it is being found out when they are true.
    """
    scope = view.facts.frames[frame].scope
    if scope == 0:
        return frozenset()
    found: set[Requirement] = set()
    for number, holds in tests_around(view, frame, order):
        found.update(facts_of(view, view.facts.frames[number].expr, holds))
    for name in {name for name, truth in found if truth} - asked:
        found |= filled_when(view, scope, name, order, asked | {name}) | set_when(view, scope, name, asked | {name})
    parameters = {p.name for p in view.facts.scopes[scope].parameters if p.kind not in ("variadic", "keywords")}
    kept = {(name, truth) for name, truth in found if name in parameters and not is_rebound(view, scope, name)}
    keywords = keywords_of(view, scope)
    if keywords is None or is_changed(view, scope, keywords):
        return frozenset(kept)
    taken = taken_from_keywords(view, scope)
    kept |= {(taken[name][0], truth) for name, truth in found if name in taken}
    prefix = f"{keywords}."
    return frozenset(kept | {(name.removeprefix(prefix), truth) for name, truth in found if name.startswith(prefix)})


def tests_around(view: FileView, frame: int, order: int) -> Iterator[tuple[int, bool]]:
    """The frames of the ifs of the enclosing function whose tests held at a place, or did not."""
    inside = []
    for number, record in view.scope_frames(frame):
        inside.append(number)
        if record.kind == "if":
            yield number, record.branch == 0
    for number, leaves in view.exits.items():
        record = view.facts.frames[number]
        left = record.kind == "if" and record.branch == 0 and leaves < order
        if left and record.parent in inside and number not in inside:
            yield number, False


def is_missing(view: FileView, name: str, frame: int, order: int) -> bool:
    """Whether a test around a place says that a variable is false, and nothing has given it another value since."""
    scope = view.facts.frames[frame].scope
    for number, holds in tests_around(view, frame, order):
        record = view.facts.frames[number]
        given = (entry.order for entry in view.definitions.get((scope, name), ()))
        if (name, False) in facts_of(view, record.expr, holds) and not any(
            record.order < when < order for when in given
        ):
            return True
    return False


def facts_of(view: FileView, test: s.Expr | None, holds: bool) -> Iterator[Requirement]:
    """What is known of names, and of keys of `**kwargs` (written `kwargs.key`), once a test held, or did not."""
    if isinstance(test, s.Name):
        yield test.id, holds
    elif isinstance(test, s.Negation):
        yield from facts_of(view, test.value, not holds)
    elif isinstance(test, s.Choice) and test.kind == ("and" if holds else "or"):
        for option in test.options:
            yield from facts_of(view, option, holds)
    elif isinstance(test, s.Comparison) and test.operands[1:] == (NOTHING,):
        if isinstance(test.operands[0], s.Name) and test.operators == (("Is",) if holds else ("IsNot",)):
            yield test.operands[0].id, False
    elif isinstance(test, s.Comparison):
        call = view.call(test.operands[0])
        counted = call is not None and call.func == s.Name("len") and len(call.args) == 1
        if call is not None and counted and (test.operators, test.operands[1:]) in SOME:
            yield from facts_of(view, call.args[0], holds)
    elif isinstance(test, s.CallRef):
        call = view.facts.calls[test.index]
        if looks_up_key(call) and len(call.args) == 1 and isinstance(call.func, s.Attribute):
            base, key = call.func.base, call.args[0]
            if isinstance(base, s.Name) and isinstance(key, s.Constant):
                yield f"{base.id}.{key.value}", holds


def filled_when(view: FileView, scope: int, name: str, order: int, asked: frozenset[str]) -> frozenset[Requirement]:
    """What must hold for a variable to hold a list with something in it: it begins empty, and each place that puts
    something into it needs that."""
    entries = [entry.binding for entry in view.definitions.get((scope, name), ())]
    begun = entries[0] if len(entries) == 1 else None
    if begun is None or not isinstance(begun.value, s.Display) or begun.value.items:
        return frozenset()
    handed_on = [view.facts.calls[number] for number, _ in view.arguments_by_name.get(name, ())]
    if any(call.scope == scope and last_name(call.func) not in READERS for call in handed_on):
        return frozenset()
    calls = [view.facts.calls[n] for method in FILLING for n in view.calls_by_name.get(method, ())]
    named = [call for call in calls if isinstance(call.func, s.Attribute) and call.func.base == s.Name(name)]
    own = [call for call in named if within(view.facts.scopes, call.scope, scope)]
    if not own or any(call.scope != scope or call.order > order for call in own):
        return frozenset()
    needs = [requirements(view, call.frame, call.order, asked) for call in own]
    return frozenset.intersection(*needs)


def set_when(view: FileView, scope: int, name: str, asked: frozenset[str]) -> frozenset[Requirement]:
    """What must hold for a variable to be true that begins False: each place that gives it another value needs that."""
    bindings = [entry.binding for entry in view.definitions.get((scope, name), ())]
    if not bindings or bindings[0] is None or not is_false(bindings[0].value):
        return frozenset()
    needs = []
    for binding in bindings:
        if binding is None or binding.scope != scope:
            return frozenset()
        if not is_false(binding.value) or binding.kind not in ("assign", "annotated"):
            needs.append(requirements(view, binding.frame, binding.order, asked))
    return frozenset.intersection(*needs) if needs else frozenset()


def is_false(value: s.Expr | None) -> bool:
    return isinstance(value, s.Constant) and literal_truth(value) is False


def looks_up_key(call: s.Call) -> bool:
    """`kwargs.get("key", …)` and `kwargs.pop("key", …)`."""
    named = isinstance(call.func, s.Attribute) and call.func.name in ("get", "pop")
    return named and bool(call.args) and isinstance(call.args[0], s.Constant)


def keywords_of(view: FileView, scope: int) -> str | None:
    """The name of a function's `**kwargs`."""
    return next((p.name for p in view.facts.scopes[scope].parameters if p.kind == "keywords"), None)


def taken_from_keywords(view: FileView, scope: int) -> dict[str, tuple[str, s.Expr]]:
    """Variables that hold `kwargs.pop("key", default)` and nothing else: name → key and default."""
    keywords = keywords_of(view, scope)
    found: dict[str, tuple[str, s.Expr]] = {}
    if keywords is None:
        return found
    for binding in view.facts.bindings:
        call = view.call(binding.value) if binding.scope == scope and binding.base is None else None
        if call is None or len(call.args) != 2 or not isinstance(call.func, s.Attribute):
            continue
        key = call.args[0]
        if not looks_up_key(call) or call.func.base != s.Name(keywords) or not isinstance(key, s.Constant):
            continue
        if len(view.definitions.get((scope, binding.target), ())) == 1:
            found[binding.target] = (str(key.value), call.args[1])
    return found


def is_changed(view: FileView, scope: int, name: str) -> bool:
    """Whether a function gives its `**kwargs` keys of its own."""
    if any(
        view.facts.calls[n].func == s.Attribute(s.Name(name), m) for m in CHANGES for n in view.calls_by_name.get(m, ())
    ):
        return True
    own = (binding for binding in view.facts.bindings if binding.scope == scope)
    return any(binding.target == name or binding.target.startswith(f"{name}[") for binding in own)


def is_composed(view: FileView, scope: int, kwargs: s.Expr | None) -> bool:
    """Whether a function makes the dict itself that it calls something with. What came from elsewhere is data, such as
    what a request sent, and seldom says how to go about it."""
    return isinstance(kwargs, s.Name) and is_changed(view, scope, kwargs.id)


def is_rebound(view: FileView, scope: int, name: str) -> bool:
    return any(entry.parameter < 0 for entry in view.definitions.get((scope, name), ()))


def carried(
    needed: frozenset[Requirement], callee: FileView, function: int, shift: int, caller: FileView, call: s.Call
) -> frozenset[Requirement] | None:
    """What the caller's own parameters must be for its call to meet the callee's requirements; None when the call
    certainly does not meet them."""
    found: set[Requirement] = set()
    parameters = callee.facts.scopes[function].parameters
    spread = any(isinstance(arg, s.Spread) for arg in call.args)
    own = {p.name: p.kind for p in caller.facts.scopes[call.scope].parameters}
    defaults = dict(taken_from_keywords(callee, function).values())
    for needed_name, truth in needed:
        name = needed_name.removesuffix(OPTIONAL)
        parameter = next((p for p in parameters if p.name == name), None)
        if parameter is not None:
            expr = caller.argument_for(call, parameters, name, shift)
            default = parameter.default
        else:
            expr = next((k.value for k in call.keywords if k.name == name), None)
            default = None if needed_name != name else defaults.get(name, NOTHING)
        if expr is None:
            meets = meets_by_default(default, truth)
            kwargs = next((k.value for k in call.keywords if k.name is None), None)
            if isinstance(kwargs, s.Name) and own.get(kwargs.id) == "keywords" and name not in own:
                found.add((name + OPTIONAL if meets else name, truth))
            elif not (meets or spread) and (name in own or not is_composed(caller, call.scope, kwargs)):
                return None
        elif isinstance(expr, s.Constant) and literal_truth(expr) is not None:
            if literal_truth(expr) is not truth:
                return None
        elif isinstance(expr, s.Name) and expr.id in own and not is_rebound(caller, call.scope, expr.id):
            found.add((expr.id, truth))
    return frozenset(found)


def meets_by_default(default: s.Expr | None, truth: bool) -> bool:
    """Whether leaving an argument out may meet a requirement."""
    if isinstance(default, s.Constant):
        return literal_truth(default) in (truth, None)
    return True


def literal_truth(expr: s.Constant) -> bool | None:
    if expr.kind == "NoneType":
        return False
    return None if expr.value is None else bool(expr.value)
