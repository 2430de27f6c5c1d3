"""Which code runs inside an open transaction, as far as one function and its decorators say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from celery_lint.facts import schema as s
from celery_lint.finding import Location
from celery_lint.knowledge import django
from celery_lint.project.evaluate import Evaluator
from celery_lint.project.program import Place, Program
from celery_lint.project.values import (
    SOME_DATABASE,
    AtomicBlock,
    ClassValue,
    External,
    FunctionValue,
    Instance,
    LambdaValue,
    Method,
    Partial,
    Property,
    TaskValue,
    Value,
)
from celery_lint.project.view import FileView

if TYPE_CHECKING:
    from celery_lint.project.callers import Callers
    from celery_lint.project.entries import Entries

__all__ = ["Around", "Transactions"]

CONTEXT_MANAGERS = ("contextlib.contextmanager", "contextlib.asynccontextmanager")


class Around(Struct, frozen=True):
    """What encloses a place in its function.

    `kind` is "open" (a transaction is open at the place), "deferred" (it runs after the commit), "function"
    (it runs when `scope` does) or "import" (when the module is imported). For "open", `where` opens it, and `frame` is
    all that runs in the transaction, where Django's own block or decorator says so.
    """

    kind: str
    scope: int = -1
    where: Location | None = None
    what: str = ""
    using: str | None = None
    frame: int = -1

    @property
    def other_database(self) -> str | None:
        """The alias of the database whose transaction is open, where it is known and not the default one."""
        return self.using if self.kind == "open" and self.using != SOME_DATABASE else None


class Transactions:
    def __init__(self, program: Program, evaluator: Evaluator) -> None:
        self.program = program
        self.evaluator = evaluator
        self.callers: Callers
        self.entries: Entries
        self._around: dict[tuple[str, int], Around] = {}
        self._decorated: dict[tuple[str, int], Around | None] = {}
        self._effects: dict[object, tuple[str, str | None] | None] = {}
        self._opening: dict[tuple[str, int], AtomicBlock | None] = {}

    def around(self, path: str, frame: int, order: int) -> Around:
        """What encloses a place; `order` matters only to blocks that are entered half-way (`ExitStack`)."""
        view = self.program.view(path)
        for number, record in view.scope_frames(frame):
            if record.kind == "with":
                block = self.opened_by(view, number, record, order)
                if block is not None:
                    where = self.program.location(path, record.span)
                    extent = number if self._is_plain(view, record) else -1
                    return Around("open", record.scope, where, "transaction opened here", block.using, extent)
            elif record.kind == "if" and asks_for_transaction(record) == "no":
                return Around("deferred", record.scope)
            elif record.kind == "scope":
                return self._of_scope(view, record.scope)
        return Around("import")

    def outside(self, path: str, around: Around, order: int) -> Around:
        """What encloses a transaction that has a frame."""
        record = self.program.view(path).facts.frames[around.frame]
        if record.kind == "scope":
            return Around("function", around.scope)
        return self.around(path, record.parent, order)

    def _is_plain(self, view: FileView, record: s.Frame) -> bool:
        """Whether a with item is a block of Django's own, which does nothing else."""
        place = Place(view.path, record.scope, record.parent, record.order)
        return isinstance(self.evaluator.value(record.expr, place), AtomicBlock)

    def _of_scope(self, view: FileView, scope: int) -> Around:
        key = (view.path, scope)
        known = self._around.get(key)
        if known is None:
            record = view.facts.scopes[scope]
            if record.kind in ("module", "class"):
                known = Around("import")
            elif record.kind == "lambda":
                known = Around("function", scope)
            else:
                known = self.decorated(view, scope) or self._of_hook(view, scope) or Around("function", scope)
            self._around[key] = known
        return known

    def _of_hook(self, view: FileView, scope: int) -> Around | None:
        where = self.entries.admin_hook(view.path, scope)
        return Around("open", scope, where, "Django's admin calls this inside a transaction") if where else None

    # Blocks

    def opened_by(self, view: FileView, frame: int, record: s.Frame, order: int) -> AtomicBlock | None:
        """The transaction that a with item opens, if it certainly does."""
        place = Place(view.path, record.scope, record.parent, record.order)
        value = self.evaluator.value(record.expr, place)
        block = self.block(value)
        if block is not None:
            return block
        call = view.call(record.expr)
        if call is None:
            return None
        callee = self.evaluator.value(call.func, place)
        if isinstance(callee, External) and callee.name in (
            "contextlib.ExitStack",
            "contextlib.AsyncExitStack",
        ):
            return self._entered_on_stack(view, frame, order)
        return self.generator_block(callee)

    def block(self, value: Value) -> AtomicBlock | None:
        """The value as a context manager that opens a transaction."""
        if isinstance(value, AtomicBlock):
            return value
        if isinstance(value, Instance) and isinstance(value.cls, ClassValue):
            return self._class_block(value.cls)
        return None

    def generator_block(self, callee: Value) -> AtomicBlock | None:
        """A project's `@contextmanager` function whose `yield` stands in a transaction."""
        function = callee.function if isinstance(callee, Method) else callee
        if not isinstance(function, FunctionValue):
            return None
        key = (function.path, function.scope)
        if key not in self._opening:
            self._opening[key] = None
            self._opening[key] = self._generator_block(function)
        return self._opening[key]

    def _generator_block(self, function: FunctionValue) -> AtomicBlock | None:
        decorators = self.evaluator.definitions.decorators(function.path, function.scope)
        if not any(isinstance(d, External) and d.name in CONTEXT_MANAGERS for d in decorators):
            return None
        view = self.program.view(function.path)
        for item in view.returns_by_scope.get(function.scope, ()):
            if item.kind == "yield":
                around = self.around(function.path, item.frame, item.order)
                if around.kind == "open":
                    return AtomicBlock(around.using)
        return None

    def _class_block(self, cls: ClassValue) -> AtomicBlock | None:
        classes = self.evaluator.classes
        if classes.inherits(cls, django.ATOMIC):
            return AtomicBlock(SOME_DATABASE)
        enter = classes.method(cls, "__enter__")
        if enter is None:
            return None
        view = self.program.view(enter.path)
        for number in (
            *view.calls_by_name.get("__enter__", ()),
            *view.calls_by_name.get("enter_context", ()),
        ):
            call = view.facts.calls[number]
            if call.scope != enter.scope or not isinstance(call.func, s.Attribute):
                continue
            place = self.program.place_of_call(view.path, call)
            expr = call.func.base if call.func.name == "__enter__" else (call.args or (None,))[0]
            block = self.block(self.evaluator.value(expr, place))
            if block is not None:
                return block
        return None

    def _entered_on_stack(self, view: FileView, frame: int, order: int) -> AtomicBlock | None:
        """`stack.enter_context(atomic())` earlier in the body of `with ExitStack() as stack`."""
        for number in view.calls_by_name.get("enter_context", ()):
            call = view.facts.calls[number]
            inside = any(outer == frame for outer, _ in view.scope_frames(call.frame))
            if call.order < order and call.args and inside:
                place = self.program.place_of_call(view.path, call)
                block = self.block(self.evaluator.value(call.args[0], place))
                if block is not None:
                    return block
        return None

    # Decorators

    def decorated(self, view: FileView, scope: int) -> Around | None:
        """What a function's decorators, and those of its class that name it, put around its body."""
        key = (view.path, scope)
        if key not in self._decorated:
            self._decorated[key] = None
            self._decorated[key] = self._find_decorated(view, scope)
        return self._decorated[key]

    def _find_decorated(self, view: FileView, scope: int) -> Around | None:
        record = view.facts.scopes[scope]
        values = self.evaluator.definitions.decorators(view.path, scope)
        for value, expr, span in zip(values, record.decorators, record.decorator_spans, strict=True):
            found = self._effect_here(view, scope, value, expr, span)
            if found is not None:
                return found
        cls = view.class_of(scope)
        if cls > 0 and view.facts.scopes[cls].decorators:
            return self._by_class_decorator(view, scope, cls)
        return None

    def _effect_here(self, view: FileView, scope: int, value: Value, expr: s.Expr, span: s.Span) -> Around | None:
        effect = self.effect(value, 0)
        call = view.call(expr)
        if effect is None:
            effect = self._effect_of_list(view, call)
        if effect is None and call is not None:
            callee = self.evaluator.value(call.func, self.program.place_of_call(view.path, call))
            block = self.generator_block(callee)
            if block is not None:
                effect = ("open", block.using)
        if effect is None:
            return None
        where = self.program.location(view.path, span)
        if effect[0] == "deferred":
            return Around("deferred", scope, where)
        own = value.callee if isinstance(value, Partial) else value
        plain = isinstance(own, AtomicBlock) or (isinstance(own, External) and own.name in django.ATOMIC)
        frame = view.facts.scopes[scope].frame if plain else -1
        return Around("open", scope, where, "the whole function runs in a transaction", effect[1], frame)

    def _effect_of_list(self, view: FileView, call: s.Call | None) -> tuple[str, str | None] | None:
        """`@method_decorator([never_cache, atomic])`: the first of the list that does something."""
        if call is None or not call.args or not isinstance(call.args[0], s.Display):
            return None
        place = self.program.place_of_call(view.path, call)
        effects = (self.effect(self.evaluator.value(item, place), 0) for item in call.args[0].items)
        return next((effect for effect in effects if effect is not None), None)

    def _by_class_decorator(self, view: FileView, scope: int, cls: int) -> Around | None:
        """`@method_decorator(atomic, name="post")` on the class."""
        record = view.facts.scopes[cls]
        place = Place(view.path, record.parent, record.outer, record.order)
        for expr, span in zip(record.decorators, record.decorator_spans, strict=True):
            call = view.call(expr)
            if call is None:
                continue
            name = self.evaluator.value(view.argument(call, 1, "name"), place)
            if getattr(name, "value", None) not in (view.facts.scopes[scope].name, "dispatch"):
                continue
            effect = self.effect(self.evaluator.value(expr, place), 0) or self._effect_of_list(view, call)
            if effect is not None:
                where = self.program.location(view.path, span)
                return Around("open", scope, where, "the whole method runs in a transaction", effect[1])
        return None

    def effect(self, value: Value, depth: int) -> tuple[str, str | None] | None:
        """What a decorator does with its function: ("open", using), ("deferred", None) or nothing known."""
        if isinstance(value, AtomicBlock):
            return ("open", value.using)
        if isinstance(value, External):
            if value.name in django.ATOMIC:
                return ("open", None)
            return ("deferred", None) if self.evaluator.is_on_commit(value) else None
        if isinstance(value, Partial):
            return self.effect(value.callee, depth + 1) if depth < 4 else None
        if isinstance(value, Instance) and isinstance(value.cls, ClassValue):
            block = self._class_block(value.cls)
            if block is not None:
                return ("open", block.using)
            method = self.evaluator.classes.method(value.cls, "__call__")
            return self._wrapper_effect(method.path, method.scope, 1, depth) if method else None
        if isinstance(value, Method):
            return self._wrapper_effect(value.function.path, value.function.scope, 1, depth)
        if isinstance(value, FunctionValue):
            return self._wrapper_effect(value.path, value.scope, 0, depth)
        return None

    def _wrapper_effect(self, path: str, scope: int, position: int, depth: int) -> tuple[str, str | None] | None:
        key = (path, scope, position)
        if key not in self._effects:
            self._effects[key] = None
            if depth < 4:
                self._effects[key] = self._find_wrapper_effect(path, scope, position, depth)
        return self._effects[key]

    def _find_wrapper_effect(self, path: str, scope: int, position: int, depth: int) -> tuple[str, str | None] | None:
        """What happens where a decorator of the project calls, or hands on, the function it was given."""
        view = self.program.view(path)
        record = view.facts.scopes[scope]
        if len(record.parameters) <= position:
            return None
        name = record.parameters[position].name
        for use in self.callers.uses_of_parameter(path, scope, name):
            if use.kind == "deferred":
                return ("deferred", None)
            around = self.around(use.path, use.frame, use.order)
            if around.kind == "open":
                return ("open", around.using)
            if around.kind == "deferred":
                return ("deferred", None)
        for number in view.calls_by_scope.get(scope, ()):
            call = view.facts.calls[number]
            if call.use == "returned" and any(isinstance(a, s.Name) and a.id == name for a in call.args):
                callee = self.evaluator.value(call.func, self.program.place_of_call(path, call))
                found = self.effect(callee, depth + 1)
                if found is not None:
                    return found
        return None

    def function_behind(self, value: Value) -> FunctionValue | LambdaValue | None:
        """The project's function that calling the value runs."""
        if isinstance(value, FunctionValue | LambdaValue):
            return value
        if isinstance(value, Method):
            return value.function
        if isinstance(value, Property):
            return value.function
        if isinstance(value, TaskValue) and value.path:
            return FunctionValue(value.path, value.scope)
        if isinstance(value, Partial):
            return self.function_behind(value.callee)
        return None


def asks_for_transaction(frame: s.Frame) -> str:
    """ "no" in the branch of `if connection.in_atomic_block` that runs without a transaction, "yes" in the other."""
    expr, branch = frame.expr, frame.branch
    if isinstance(expr, s.Negation):
        expr, branch = expr.value, 1 - branch
    if isinstance(expr, s.Attribute) and expr.name == "in_atomic_block":
        return "no" if branch else "yes"
    return ""
