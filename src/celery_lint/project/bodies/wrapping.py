"""What decorators make of a function before it becomes a task."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from celery_lint.facts import schema as s
from celery_lint.finding import Location
from celery_lint.knowledge.decorators import SAME_CALL
from celery_lint.project.program import Place
from celery_lint.project.values import (
    AtomicBlock,
    External,
    FunctionValue,
    ParameterValue,
    TaskDecorator,
    Value,
)
from celery_lint.project.view import within

if TYPE_CHECKING:
    from celery_lint.project.evaluate import Evaluator
    from celery_lint.project.view import FileView

__all__ = ["Decorator", "Wrapper", "Wrapping", "decorators_of", "wrapper_made_by", "wrapping_of"]

WRAPS = "functools.wraps"
ALTERING = ("clear", "pop", "popitem", "setdefault", "update")
"""Methods after which a dict may hold something else."""


class Wrapper(Struct, frozen=True):
    """The function that a decorator of the project returns instead of the one it decorates.

    `has_wraps` says that `functools.wraps`, or the decorator itself, gave it the name of that one, `hands_on` that it
    takes any arguments and calls that one with just these.
    """

    path: str
    scope: int
    has_wraps: bool
    hands_on: bool


class Decorator(Struct, frozen=True):
    """One decorator of a function, where it stands, and whether it makes a task."""

    value: Value
    expr: s.Expr
    location: Location
    makes_task: bool


class Wrapping(Struct, frozen=True):
    """The decorators between the task decorator and the function, together.

    `is_wrapped` says that Celery gets another function, `hands_on` that a call certainly reaches the own one with the
    arguments as they are.
    """

    below: tuple[Decorator, ...]
    is_wrapped: bool
    hands_on: bool


def decorators_of(evaluator: Evaluator, function: FunctionValue) -> tuple[Decorator, ...]:
    """The decorators of a function, the outermost first."""
    program = evaluator.program
    view = program.view(function.path)
    scope = view.facts.scopes[function.scope]
    found = []
    values = evaluator.definitions.decorators(function.path, function.scope)
    for value, expr, span in zip(values, scope.decorators, scope.decorator_spans, strict=True):
        location = program.location(function.path, span)
        found.append(Decorator(value, expr, location, makes_task(evaluator, view, expr, value)))
    return tuple(found)


def makes_task(evaluator: Evaluator, view: FileView, expr: s.Expr, value: Value) -> bool:
    made = evaluator.definitions.task_made_by(value, 0)
    call = view.call(expr)
    if made is None and call is not None:
        callee = evaluator.value(call.func, evaluator.program.place_of_call(view.path, call))
        made = evaluator.definitions.task_made_by(callee, 0)
    return made is not None


def wrapping_of(evaluator: Evaluator, function: FunctionValue) -> Wrapping:
    """What stands below the lowest decorator that makes a task; all decorators of a method that is none itself."""
    decorators = decorators_of(evaluator, function)
    last = max((number for number, decorator in enumerate(decorators) if decorator.makes_task), default=-1)
    below = tuple(decorator for decorator in decorators[last + 1 :] if not is_static(decorator.value))
    makers = [decorator.value for decorator in decorators if decorator.makes_task]
    if any(replaces_function(evaluator, value) for value in makers):
        return Wrapping(below, is_wrapped=True, hands_on=False)
    return Wrapping(below, is_wrapped=bool(below), hands_on=all(hands_on(evaluator, d.value) for d in below))


def is_static(value: Value) -> bool:
    return isinstance(value, External) and value.name == "builtins.staticmethod"


def hands_on(evaluator: Evaluator, decorator: Value) -> bool:
    """Whether what the decorator makes certainly calls the function with the arguments it is given."""
    if isinstance(decorator, AtomicBlock):
        return True
    if isinstance(decorator, External):
        return decorator.name in SAME_CALL
    wrapper = wrapper_made_by(evaluator, decorator)
    return wrapper is not None and wrapper.hands_on


def wrapper_made_by(evaluator: Evaluator, decorator: Value) -> Wrapper | None:
    """What a decorator function of the project returns, when that is always one function defined in it."""
    if not isinstance(decorator, FunctionValue):
        return None
    view = evaluator.program.view(decorator.path)
    scope = view.facts.scopes[decorator.scope]
    returns = [item for item in view.returns_by_scope.get(decorator.scope, ()) if item.kind == "return"]
    if not scope.parameters or len(returns) != 1 or scope.is_generator or scope.is_async:
        return None
    item = returns[0]
    expr, has_wraps = unwrapped(evaluator, view, item)
    value = evaluator.value(expr, Place(view.path, decorator.scope, item.frame, item.order))
    if not isinstance(value, FunctionValue) or value.path != view.path:
        return None
    inner = view.facts.scopes[value.scope]
    if inner.parent != decorator.scope:
        return None
    has_wraps |= any(is_wraps(evaluator, view, expr) for expr in inner.decorators)
    has_wraps |= any(b.scope == decorator.scope for b in view.paths.get(f"{inner.name}.__name__", ()))
    return Wrapper(view.path, value.scope, has_wraps, calls_with_the_same(evaluator, view, value.scope))


def unwrapped(evaluator: Evaluator, view: FileView, item: s.Return) -> tuple[s.Expr | None, bool]:
    """The wrapper in `return wraps(fn)(wrapper)` or `return update_wrapper(wrapper, fn)`, and whether it is that."""
    call = view.call(item.value)
    if call is None or not call.args:
        return item.value, False
    callee = evaluator.value(call.func, evaluator.program.place_of_call(view.path, call))
    if is_wraps(evaluator, view, call.func) or callee == External("functools.update_wrapper"):
        return call.args[0], True
    return item.value, False


def is_wraps(evaluator: Evaluator, view: FileView, expr: s.Expr) -> bool:
    """Whether the expression is a call of `functools.wraps`."""
    call = view.call(expr)
    if call is None:
        return False
    return evaluator.value(call.func, evaluator.program.place_of_call(view.path, call)) == External(WRAPS)


def calls_with_the_same(evaluator: Evaluator, view: FileView, scope: int) -> bool:
    """Whether `def wrapper(*args, **kwargs)` calls what it wraps, and always as `fn(*args, **kwargs)`."""
    record = view.facts.scopes[scope]
    if [p.kind for p in record.parameters] != ["variadic", "keywords"] or record.is_generator or record.is_async:
        return False
    args, kwargs = (s.Name(p.name) for p in record.parameters)
    if any(is_altered(view, scope, name.id) for name in (args, kwargs)):
        return False
    found = False
    for number in view.calls_by_scope.get(scope, ()):
        call = view.facts.calls[number]
        callee = evaluator.value(call.func, evaluator.program.place_of_call(view.path, call))
        if not isinstance(callee, ParameterValue) or callee.scope != record.parent or callee.path != view.path:
            continue
        given = [(keyword.name, keyword.value) for keyword in call.keywords]
        if call.args != (s.Spread(args),) or given != [(None, kwargs)]:
            return False
        found = True
    return found


def is_altered(view: FileView, scope: int, name: str) -> bool:
    """Whether a function gives another value to its `*args` or `**kwargs`, or adds to it, or takes from it."""
    if any(
        binding.scope == scope and (binding.target == name or binding.target.startswith(f"{name}["))
        for binding in view.facts.bindings
    ):
        return True
    calls = (view.facts.calls[number] for number in view.calls_by_scope.get(scope, ()))
    return any(call.func == s.Attribute(s.Name(name), method) for call in calls for method in ALTERING)


def replaces_function(evaluator: Evaluator, decorator: Value) -> bool:
    """Whether a task decorator of the project may hand Celery another function than the one it decorates: something
    in it calls a parameter, or it is none that can be read."""
    if isinstance(decorator, TaskDecorator | External):
        return False
    if not isinstance(decorator, FunctionValue):
        return True
    view = evaluator.program.view(decorator.path)
    outer = decorator.scope
    while view.facts.scopes[outer].parent > 0:
        outer = view.facts.scopes[outer].parent
    for name, numbers in view.calls_by_name.items():
        for number in numbers:
            call = view.facts.calls[number]
            if call.func == s.Name(name) and within(view.facts.scopes, call.scope, outer):
                callee = evaluator.value(call.func, evaluator.program.place_of_call(view.path, call))
                if isinstance(callee, ParameterValue):
                    return True
    return False
