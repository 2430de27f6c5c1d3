"""How a call gives a task its arguments, and Celery its options."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from celery_lint.facts import schema as s
from celery_lint.project.program import Place
from celery_lint.project.view import FileView

if TYPE_CHECKING:
    from celery_lint.project.project import Project

__all__ = ["NOTHING", "Given", "Option", "Sent", "by_apply_async", "by_delay", "displayed"]

MUTATORS = ("append", "extend", "insert", "pop", "remove", "clear", "update", "setdefault", "popitem")


class Sent(Struct, frozen=True):
    """One argument for the task, and where it is evaluated. `keyword` is None for one by position."""

    expr: s.Expr
    place: Place
    keyword: str | None = None


class Option(Struct, frozen=True):
    """One execution option; `span` is that of the whole keyword argument, None for one by position."""

    name: str
    expr: s.Expr
    span: s.Span | None = None


class Given(Struct, frozen=True):
    """`is_complete` says whether `sent` certainly are all arguments, and `lists_options` the same of `options`.

    `containers` are the `args` and `kwargs` of `apply_async` as they are written. `is_direct` says that the call's own
    arguments are the task's, as those of `delay` are.
    """

    sent: tuple[Sent, ...] = ()
    is_complete: bool = True
    options: tuple[Option, ...] = ()
    lists_options: bool = True
    containers: tuple[Option, ...] = ()
    is_direct: bool = False

    @property
    def positional(self) -> tuple[Sent, ...]:
        return tuple(item for item in self.sent if item.keyword is None)

    @property
    def keywords(self) -> tuple[Sent, ...]:
        return tuple(item for item in self.sent if item.keyword is not None)

    def option(self, name: str) -> Option | None:
        return next((option for option in self.options if option.name == name), None)


NOTHING = Given()


def by_delay(call: s.Call, place: Place, first: int = 0) -> Given:
    """`delay(1, b=2)`, `s(1)`: the call's own arguments, from the position on."""
    args = call.args[first:]
    sent = [Sent(expr, place) for expr in args if not isinstance(expr, s.Spread)]
    sent += [Sent(keyword.value, place, keyword.name) for keyword in call.keywords if keyword.name is not None]
    return Given(tuple(sent), len(sent) == len(args) + len(call.keywords), is_direct=True)


def by_apply_async(
    project: Project, view: FileView, call: s.Call, place: Place, parameters: tuple[str, ...], first: int = 0
) -> Given:
    """`apply_async((1,), {"b": 2}, countdown=5)`; `parameters` are those it takes by position from `first` on."""
    options = [
        Option(name, expr)
        for name, expr in zip(parameters, call.args[first:], strict=False)
        if not isinstance(expr, s.Spread)
    ]
    options += [Option(k.name, k.value, k.span) for k in call.keywords if k.name is not None]
    spread = any(isinstance(expr, s.Spread) for expr in call.args) or any(k.name is None for k in call.keywords)
    containers = tuple(option for option in options if option.name in ("args", "kwargs"))
    sent: list[Sent] = []
    is_complete = not spread
    for container in containers:
        found, known = contents(project, view, container.expr, place)
        sent += found
        is_complete = is_complete and known
    rest = tuple(option for option in options if option not in containers)
    return Given(tuple(sent), is_complete, rest, not spread, containers)


def contents(project: Project, view: FileView, expr: s.Expr, place: Place) -> tuple[list[Sent], bool]:
    """What `args=` or `kwargs=` holds, and whether that is certainly all of it."""
    if isinstance(expr, s.Constant) and expr.kind == "NoneType":
        return [], True
    shown, there = displayed(project, expr, place)
    if isinstance(shown, s.Display):
        items = [Sent(item, there) for item in shown.items if not isinstance(item, s.Spread)]
        known = len(items) == len(shown.items) and (shown is expr or not is_changed(view, expr, place))
        return items, known and shown.kind != "set"
    if isinstance(shown, s.Mapping):
        items = [
            Sent(value, there, str(key.value) if isinstance(key, s.Constant) else "")
            for key, value in zip(shown.keys, shown.values, strict=True)
            if key is not None
        ]
        known = len(items) == len(shown.values) and all(item.keyword for item in items)
        return items, known and (shown is expr or not is_changed(view, expr, place))
    call = view.call(expr)
    if call is not None and call.func == s.Name("dict") and not call.args:
        items = [Sent(keyword.value, place, keyword.name) for keyword in call.keywords if keyword.name]
        return items, len(items) == len(call.keywords)
    return [], False


def is_changed(view: FileView, expr: s.Expr, place: Place) -> bool:
    """Whether the list or dict a variable holds is changed where the variable is used, or handed to something."""
    if any(binding.base == expr for binding in view.facts.bindings):
        return True
    for number in view.calls_by_scope.get(place.scope, ()):
        call = view.facts.calls[number]
        if isinstance(call.func, s.Attribute) and call.func.base == expr and call.func.name in MUTATORS:
            return True
        if call.order < place.order and expr in call.args:
            return True
    return False


def displayed(project: Project, expr: s.Expr, place: Place) -> tuple[s.Expr, Place]:
    """The tuple, list or dict display that an expression is, or that the variable it names certainly holds."""
    if not isinstance(expr, s.Name):
        return expr, place
    found = project.evaluator.names.entries(expr.id, place)
    if found is None or len(found[2]) != 1 or found[2][0].binding is None:
        return expr, place
    view, binding = found[0], found[2][0].binding
    if binding.kind not in ("assign", "annotated") or binding.path:
        return expr, place
    if not isinstance(binding.value, s.Display | s.Mapping):
        return expr, place
    return binding.value, Place(view.path, binding.scope, binding.frame, binding.order)
