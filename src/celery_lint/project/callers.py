"""Who runs a function: its calls, and the places it is handed to that call it, now or after the commit."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from celery_lint.facts import schema as s
from celery_lint.knowledge import django
from celery_lint.project.evaluate import Evaluator
from celery_lint.project.guards import Requirement, carried
from celery_lint.project.kept import Kept
from celery_lint.project.objects import HAS, carried_on, is_denied, is_of_object, needs_at
from celery_lint.project.program import Place, Program
from celery_lint.project.results import WRAPPED
from celery_lint.project.saving import Saving
from celery_lint.project.signals import Signals
from celery_lint.project.tables import Tables
from celery_lint.project.uses import State, Use, given, parameter_name, use_of_call
from celery_lint.project.values import (
    ClassValue,
    External,
    ExternalMethod,
    FunctionValue,
    Instance,
    LambdaValue,
    Method,
    ParameterValue,
    Partial,
    Property,
    TaskValue,
    Value,
    behind,
)
from celery_lint.project.view import FileView

__all__ = ["Callers"]

COMMON = 60
"""A method name in more files than this is looked for only in files that name its class or module."""

DEEPEST = 5


class Match(Struct, frozen=True):
    """A call that runs a function: what it says about the class of the caller's self, and of the function's."""

    bound: ClassValue | None = None
    receiver: ClassValue | None = None


class Callers:
    def __init__(self, program: Program, evaluator: Evaluator) -> None:
        self.program = program
        self.evaluator = evaluator
        self.signals = Signals(program, evaluator)
        self.saving = Saving(program, evaluator)
        self.tables = Tables()
        self.kept = Kept(self)
        self._uses: dict[State, tuple[Use, ...]] = {}
        self._parameter_uses: dict[tuple[str, int, str], tuple[Use, ...]] = {}

    def uses(self, state: State) -> tuple[Use, ...]:
        """Every place known to run the function, outside tests."""
        key = replace(state, needs=frozenset())
        known = self._uses.get(key)
        if known is None:
            self._uses[key] = ()
            found = dict.fromkeys(self._find_uses(key))
            known = self._uses[key] = tuple(found)
        return known

    def meeting(self, state: State, use: Use) -> frozenset[Requirement] | None:
        """What the parameters of a use's own function must be for the use to meet the state's needs; None when it
        certainly does not meet them."""
        caller = self.program.view(use.path)
        own = needs_at(caller, use.frame, use.order)
        if not state.needs:
            return own
        if use.call < 0 or use.inside is not None:
            return own
        call = caller.facts.calls[use.call]
        function, shift = behind(self.evaluator.value(call.func, self.program.place_of_call(use.path, call)))
        if function is None or (function.path, function.scope) != (state.path, state.scope):
            shift = 0 if state.bound is None else 1
        if is_denied(state.needs, caller, call) or (use.receiver and self._lacks(use.receiver, state.needs)):
            return None
        parameters = frozenset(need for need in state.needs if not is_of_object(need))
        found = carried(parameters, self.program.view(state.path), state.scope, shift, caller, call)
        if found is None:
            return None
        needs = own | found | carried_on(state.needs, caller, call, own=bool(use.own))
        return None if any((name, not truth) in needs for name, truth in needs) else needs

    def _lacks(self, cls: ClassValue, needs: frozenset[Requirement]) -> bool:
        """Whether an object of the class, or of one below it, certainly has not all the attributes that are needed."""
        names = (name.removeprefix(HAS) for name, _ in needs if name.startswith(HAS))
        return any(self.evaluator.classes.lacks(cls, name) for name in names)

    def _find_uses(self, state: State) -> Iterator[Use]:
        view = self.program.view(state.path)
        record = view.facts.scopes[state.scope]
        if record.kind == "lambda":
            yield from self._uses_of_lambda(view, state.scope)
            return
        parent = view.facts.scopes[record.parent]
        if parent.kind in ("function", "lambda"):
            yield from self._uses_in(view, state, {record.name})
        elif parent.kind == "class":
            yield from self._uses_of_method(view, state)
        else:
            for path in self.files_using(view, record.name):
                other = self.program.view(path)
                names = {record.name, *other.names_imported.get(record.name, ())}
                yield from self._uses_in(other, state, names)
        yield from self._uses_by_decorator(view, record)
        yield from self._sends(state)

    def files_using(self, view: FileView, name: str) -> Iterator[str]:
        """The files that contain the name of a module-level function and, for a common name, its module's."""
        sources = self.program.sources
        files = list(sources.code_containing(name))
        if view.path not in files:
            files.insert(0, view.path)
        if len({*sources.mentioning(name), view.path}) > COMMON:
            words = {part for module in sources.module_names(view.path) for part in module.split(".")[-2:]}
            near = {path for word in words for path in sources.mentioning(word)} | {view.path}
            files = [path for path in files if path in near]
        return iter(files)

    # Calls by name

    def _uses_in(self, view: FileView, state: State, names: set[str]) -> Iterator[Use]:
        for name in sorted(names):
            for number in view.calls_by_name.get(name, ()):
                call = view.facts.calls[number]
                value = self.evaluator.value(call.func, self.program.place_of_call(view.path, call))
                match = self._matches(value, state, view, call)
                if match is not None:
                    use = use_of_call(view, number, match.bound)
                    yield replace(use, own=self._own(view, call), receiver=match.receiver)
            for number, argument in view.arguments_by_name.get(name, ()):
                call = view.facts.calls[number]
                value = self.evaluator.value(given(call, argument), self.program.place_of_call(view.path, call))
                if self._matches(value, state, view, None) is not None:
                    yield from self.handed(view, number, argument, 0)
            for number, entry in self.tables.calls(view, name):
                binding = entry.binding
                place = Place(view.path, binding.scope, binding.frame, binding.order)
                if self._matches(self.evaluator.value(entry.expr, place), state, view, None) is not None:
                    yield replace(use_of_call(view, number), chosen=True)

    def _matches(self, value: Value, state: State, view: FileView, call: s.Call | None) -> Match | None:
        """Whether the value is the state's function, and what the call says about the caller's own self."""
        if isinstance(value, FunctionValue | LambdaValue | TaskValue):
            return Match() if (value.path, value.scope) == (state.path, state.scope) else None
        if isinstance(value, Partial):
            return self._matches(value.callee, state, view, None)
        own = self._own(view, call) if call is not None else ""
        if isinstance(value, Method):
            return self._matches_method(value, state, own)
        if isinstance(value, ExternalMethod) and isinstance(value.receiver, Instance) and own == "self":
            return self._replaces(value.receiver, state)
        return None

    def _matches_method(self, value: Method, state: State, own: str) -> Match | None:
        """`own` says that the receiver is the caller's own "self", which may be of the state's class or below it, or
        "super", which finds just what its class inherits."""
        same = (value.function.path, value.function.scope) == (state.path, state.scope)
        cls = value.receiver.cls if isinstance(value.receiver, Instance) else None
        if not isinstance(value.receiver, Instance) or not isinstance(cls, ClassValue) or state.bound is None:
            return Match() if same else None
        classes = self.evaluator.classes
        if same:
            if classes.is_subclass(cls, state.bound):
                return Match(cls if own else None, cls)
            if classes.is_subclass(state.bound, cls) and not value.receiver.exact:
                return Match(state.bound if own else None, state.bound)
            return None
        return self._replaces(value.receiver, state) if own == "self" else None

    def _replaces(self, receiver: Instance, state: State) -> Match | None:
        """Whether `self.method()` of a class reaches the function in one below it, be the class's own there or not."""
        classes, bound = self.evaluator.classes, state.bound
        if bound is None or receiver.exact or not classes.is_subclass(bound, receiver.cls):
            return None
        found = classes.method(bound, self.program.view(state.path).facts.scopes[state.scope].name)
        same = found is not None and (found.path, found.scope) == (state.path, state.scope)
        return Match(bound, bound) if same else None

    def _own(self, view: FileView, call: s.Call) -> str:
        """ "self" for `self.method(…)`, "super" for `super().method(…)`, else nothing."""
        if not isinstance(call.func, s.Attribute):
            return ""
        base = call.func.base
        if isinstance(base, s.CallRef):
            func = view.facts.calls[base.index].func
            return "super" if isinstance(func, s.Name) and func.id == "super" else ""
        method = self.evaluator.method_scope(view, call.scope)
        if method is None or not isinstance(base, s.Name):
            return ""
        parameters = view.facts.scopes[method].parameters
        return "self" if parameters and parameters[0].name == base.id else ""

    # Methods

    def _uses_of_method(self, view: FileView, state: State) -> Iterator[Use]:
        record = view.facts.scopes[state.scope]
        own = ClassValue(view.path, record.parent)
        name = record.name
        if name == "__init__":
            yield from self._constructions(own, state)
            return
        family = (own, *self.evaluator.classes.children(own))
        for path in self._files_of_method(own, family, name):
            other = self.program.view(path)
            yield from self._uses_in(other, state, {name})
            yield from self._uses_by_super(other, state, family, name)
            yield from self._property_uses(other, state, record)
            yield from self.kept.uses(other, state)
        yield from self.saving.uses(state)

    def _files_of_method(self, own: ClassValue, family: tuple[ClassValue, ...], name: str) -> Iterator[str]:
        sources = self.program.sources
        taken = f".{name}".encode()
        taking = [path for path in sources.mentioning(name) if sources.has_text(path, taken)]
        files = [path for path in sources.code_containing(name) if sources.has_text(path, taken)]
        if len(taking) <= COMMON:
            return iter(files)
        near = {cls.path for cls in family}
        for base in self.evaluator.classes.order(own):
            if isinstance(base, ClassValue):
                near.add(base.path)
        for cls in family:
            near.update(sources.mentioning(self.evaluator.classes.name(cls)))
        return iter([path for path in files if path in near])

    def _uses_by_super(self, view: FileView, state: State, family: tuple[ClassValue, ...], name: str) -> Iterator[Use]:
        """`super().name()` in a mixin, which reaches the method only through the order of a class below both."""
        classes = self.evaluator.classes
        for number in view.calls_by_name.get(name, ()):
            call = view.facts.calls[number]
            if not isinstance(call.func, s.Attribute) or not isinstance(call.func.base, s.CallRef):
                continue
            method = self.evaluator.method_scope(view, call.scope)
            if method is None or self._own(view, call) != "super":
                continue
            mixin = ClassValue(view.path, view.class_of(method))
            if classes.method(mixin, name, after=mixin) is not None:
                continue
            for cls in family:
                found = classes.method(cls, name, after=mixin) if mixin in classes.order(cls) else None
                if found is not None and (found.path, found.scope) == (state.path, state.scope):
                    yield replace(use_of_call(view, number, cls), own="super", receiver=cls)
                    break

    def _property_uses(self, view: FileView, state: State, record: s.Scope) -> Iterator[Use]:
        """Reading a property runs its getter, assigning to it its setter."""
        value = self.evaluator.definitions.of_scope(state.path, state.scope)
        if isinstance(value, Property):
            for number in view.reads_by_name.get(record.name, ()):
                read = view.facts.reads[number]
                if self._is_receiver(view, read.base, read.scope, read.frame, read.order, state):
                    yield Use("called", view.path, read.scope, read.frame, read.order, read.span, read.statement)
        if any(isinstance(d, s.Attribute) and d.name == "setter" for d in record.decorators):
            for binding in view.attribute_bindings.get(record.name, ()):
                if binding.base is not None and self._is_receiver(
                    view, binding.base, binding.scope, binding.frame, binding.order, state
                ):
                    yield Use(
                        "called",
                        view.path,
                        binding.scope,
                        binding.frame,
                        binding.order,
                        view.statement(binding.statement),
                        binding.statement,
                    )

    def _is_receiver(self, view: FileView, base: s.Expr, scope: int, frame: int, order: int, state: State) -> bool:
        place = replace(self.program.end_of(view.path), scope=scope, frame=frame, order=order)
        value = self.evaluator.value(base, place)
        owner = ClassValue(state.path, self.program.view(state.path).class_of(state.scope))
        return isinstance(value, Instance) and self.evaluator.classes.is_subclass(value.cls, owner)

    def _constructions(self, cls: ClassValue, state: State) -> Iterator[Use]:
        """`Order(…)` runs the `__init__` that its class finds; `super().__init__()` the one above."""
        classes = self.evaluator.classes
        family = (cls, *classes.children(cls))
        for path in self._files_of_method(cls, family, "__init__"):
            yield from self._uses_by_super(self.program.view(path), state, family, "__init__")
            yield from self._uses_in(self.program.view(path), state, {"__init__"})
        for below in family:
            found = classes.method(below, "__init__")
            if found is None or (found.path, found.scope) != (state.path, state.scope):
                continue
            name = classes.name(below)
            for path in self.program.sources.code_containing(name):
                view = self.program.view(path)
                for alias in {name, *view.names_imported.get(name, ())}:
                    for number in view.calls_by_name.get(alias, ()):
                        call = view.facts.calls[number]
                        if self.evaluator.value(call.func, self.program.place_of_call(path, call)) == below:
                            yield use_of_call(view, number)

    # Functions handed on

    def _uses_of_lambda(self, view: FileView, scope: int) -> Iterator[Use]:
        record = view.facts.scopes[scope]
        outer = view.facts.frames[record.outer]
        if outer.kind == "argument":
            yield from self.handed(view, outer.call, outer.argument, 0)
            return
        for binding in view.facts.bindings:
            if binding.base is None and binding.value == s.LambdaRef(scope):
                yield from self._uses_of_name(view, binding.target, binding.scope, 0)
                return

    def _uses_of_name(self, view: FileView, name: str, scope: int, depth: int) -> Iterator[Use]:
        """Where a local variable that holds something to call is called or handed on."""
        if depth > DEEPEST:
            return
        for number in view.calls_by_name.get(name, ()):
            call = view.facts.calls[number]
            if isinstance(call.func, s.Name) and self._sees(view, call.scope, scope):
                yield use_of_call(view, number)
        for number, argument in view.arguments_by_name.get(name, ()):
            call = view.facts.calls[number]
            if isinstance(given(call, argument), s.Name) and self._sees(view, call.scope, scope):
                yield from self.handed(view, number, argument, depth + 1)

    def _sees(self, view: FileView, scope: int, outer: int) -> bool:
        while scope >= 0:
            if scope == outer:
                return True
            scope = view.facts.scopes[scope].parent
        return False

    def handed(self, view: FileView, number: int, argument: int | str, depth: int) -> Iterator[Use]:
        """What becomes of a function that is given as an argument of a call."""
        if depth > DEEPEST:
            return
        call = view.facts.calls[number]
        callee = self.evaluator.value(call.func, self.program.place_of_call(view.path, call))
        if self.evaluator.is_on_commit(callee):
            if argument in (0, "func"):
                yield replace(use_of_call(view, number), kind="deferred")
        elif isinstance(callee, External):
            if callee.name in django.IMMEDIATE:
                yield use_of_call(view, number)
            elif callee.name.startswith("functools.partial") or callee.name in WRAPPED:
                yield from self.flow(view, number, depth + 1) if argument == 0 else ()
        elif isinstance(callee, Partial):
            return
        else:
            yield from self._handed_to_project(view, number, argument, callee, depth)

    def _handed_to_project(
        self, view: FileView, number: int, argument: int | str, callee: Value, depth: int
    ) -> Iterator[Use]:
        """The uses are at the call that hands it on; `inside` is where the callee calls it."""
        function, shift = behind(callee)
        if function is None:
            return
        name = parameter_name(self.program.view(function.path), function.scope, argument, shift)
        if name is None:
            return
        here = use_of_call(view, number)
        for use in self.uses_of_parameter(function.path, function.scope, name, depth + 1):
            if use.kind == "deferred":
                yield replace(here, kind="deferred")
            else:
                yield replace(here, inside=use.inside or (use.path, use.frame, use.order))

    def flow(self, view: FileView, number: int, depth: int) -> Iterator[Use]:
        """Where the callable that a call gave (a partial, a wrapped function) is called or handed on."""
        call = view.facts.calls[number]
        if call.use == "function":
            for other, outer in enumerate(view.facts.calls):
                if outer.func == s.CallRef(number):
                    yield use_of_call(view, other)
        elif call.use == "argument":
            frame = view.facts.frames[call.frame]
            if frame.kind == "argument":
                yield from self.handed(view, frame.call, frame.argument, depth + 1)
        elif call.use == "assigned":
            for binding in view.facts.bindings:
                if binding.base is None and binding.value == s.CallRef(number):
                    yield from self._uses_of_name(view, binding.target, binding.scope, depth + 1)

    def uses_of_parameter(self, path: str, scope: int, name: str, depth: int = 0) -> tuple[Use, ...]:
        """Where a function calls one of its parameters, or hands it on; one that hands it to a commit in some cases,
        and calls it at once in tests, waits."""
        key = (path, scope, name)
        known = self._parameter_uses.get(key)
        if known is None:
            self._parameter_uses[key] = ()
            found = dict.fromkeys(self._find_parameter_uses(path, scope, name, depth))
            known = tuple(use for use in found if use.kind == "deferred") or tuple(found)
            if depth <= DEEPEST:
                self._parameter_uses[key] = known
        return known

    def _find_parameter_uses(self, path: str, scope: int, name: str, depth: int) -> Iterator[Use]:
        view = self.program.view(path)
        wanted = ParameterValue(path, scope, name)
        for number in view.calls_by_name.get(name, ()):
            call = view.facts.calls[number]
            if self._sees(view, call.scope, scope) and isinstance(call.func, s.Name):
                value = self.evaluator.value(call.func, self.program.place_of_call(path, call))
                if value == wanted:
                    yield from self._through_nested(view, use_of_call(view, number), scope)
        for number, argument in view.arguments_by_name.get(name, ()):
            call = view.facts.calls[number]
            if self._sees(view, call.scope, scope) and isinstance(given(call, argument), s.Name):
                value = self.evaluator.value(given(call, argument), self.program.place_of_call(path, call))
                if value == wanted:
                    for use in self.handed(view, number, argument, depth + 1):
                        yield from self._through_nested(view, use, scope)

    def _through_nested(self, view: FileView, use: Use, scope: int) -> Iterator[Use]:
        """A use inside a lambda or nested function that is itself only handed to on_commit is deferred."""
        if use.path == view.path and use.scope != scope and use.kind == "called":
            inner = State(view.path, use.scope)
            if view.facts.scopes[use.scope].kind in ("lambda", "function"):
                uses = self.uses(inner)
                if uses and all(other.kind == "deferred" for other in uses):
                    yield replace(use, kind="deferred")
                    return
        yield use

    # Decorators and signals

    def _uses_by_decorator(self, view: FileView, record: s.Scope) -> Iterator[Use]:
        """`@transaction.on_commit` above a nested function hands it over."""
        for expr, span in zip(record.decorators, record.decorator_spans, strict=True):
            place = replace(self.program.end_of(view.path), scope=record.parent, frame=record.outer, order=record.order)
            value = self.evaluator.value(expr, place)
            if self.evaluator.is_on_commit(value) or (
                isinstance(value, Partial) and self.evaluator.is_on_commit(value.callee)
            ):
                yield Use("deferred", view.path, record.parent, record.outer, record.order, span, record.statement)

    def _sends(self, state: State) -> Iterator[Use]:
        """Where a project's own signal is sent that the function receives."""
        for path, number in self.signals.sends_to(state.path, state.scope):
            yield use_of_call(self.program.view(path), number)
