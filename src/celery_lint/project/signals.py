"""Who receives which signal: `@receiver`, `signal.connect(…)`, and where a project's own signals are sent."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from celery_lint.facts import schema as s
from celery_lint.knowledge import django
from celery_lint.project.connecting import connections
from celery_lint.project.evaluate import Evaluator
from celery_lint.project.program import Place, Program
from celery_lint.project.values import External, Instance, ModuleValue, function_of
from celery_lint.project.view import FileView

__all__ = ["SEND", "Receiver", "Signals"]

SEND = ("send", "send_robust", "asend", "asend_robust")


class Receiver(Struct, frozen=True):
    """A function connected to a signal: a model signal's short name, or the place of the project's own."""

    path: str
    scope: int
    signal: str
    where: tuple[str, s.Span]


class Signals:
    def __init__(self, program: Program, evaluator: Evaluator) -> None:
        self.program = program
        self.evaluator = evaluator
        self._receivers: dict[tuple[str, int], tuple[Receiver, ...]] = {}
        self._sends: dict[str, list[tuple[str, int]]] = {}

    def receivers(self, path: str, scope: int) -> tuple[Receiver, ...]:
        """How a function is connected, outside tests."""
        key = (path, scope)
        known = self._receivers.get(key)
        if known is None:
            self._receivers[key] = ()
            known = self._receivers[key] = tuple(self._find(path, scope))
        return known

    def _find(self, path: str, scope: int) -> Iterator[Receiver]:
        view = self.program.view(path)
        record = view.facts.scopes[scope]
        for expr, span in zip(record.decorators, record.decorator_spans, strict=True):
            yield from self._decorator(view, scope, expr, span)
        names = view.qualified(scope).split(".") if record.name else ()
        for other in self.program.sources.code_with_any(names):
            if self.program.sources.has_text(other, b".connect("):
                connecting = self.program.view(other)
                for number in connecting.calls_by_name.get("connect", ()):
                    for found in self._connect(connecting, connecting.facts.calls[number]):
                        if (found.path, found.scope) == (path, scope):
                            yield found

    def _decorator(self, view: FileView, scope: int, expr: s.Expr, span: s.Span) -> list[Receiver]:
        call = view.call(expr)
        if call is None or not call.args:
            return []
        place = self.program.place_of_call(view.path, call)
        callee = self.evaluator.value(call.func, place)
        if isinstance(callee, External) and callee.name in (
            "django.dispatch.receiver",
            "django.dispatch.dispatcher.receiver",
        ):
            first = call.args[0]
            signals = first.items if isinstance(first, s.Display) else (first,)
        elif isinstance(call.func, s.Attribute) and call.func.name == "connect":
            signals = (call.func.base,)
        else:
            return []
        names = [self.signal(signal, place) for signal in signals]
        return [Receiver(view.path, scope, name, (view.path, span)) for name in names if name]

    def _connect(self, view: FileView, call: s.Call) -> list[Receiver]:
        """`post_save.connect(handler, sender=…)`."""
        if not isinstance(call.func, s.Attribute) or call.use == "decorator":
            return []
        found = []
        for each in connections(self.program, self.evaluator, view, call):
            name, function = self.signal(each.signal, each.place), function_of(each.receiver)
            if name and function is not None:
                found.append(Receiver(*function, name, (view.path, each.span)))
        return found

    def signal(self, expr: s.Expr, place: Place) -> str:
        """A model signal's short name, or `path:name` of the variable that holds the project's own signal."""
        value = self.evaluator.value(expr, place)
        if isinstance(value, External):
            return django.MODEL_SIGNALS.get(value.name, "")
        cls = value.cls if isinstance(value, Instance) else None
        if isinstance(cls, External) and cls.name.endswith("Signal"):
            return self.home(expr, place)
        return ""

    def home(self, expr: s.Expr, place: Place) -> str:
        """Where the variable that an expression names is assigned."""
        if isinstance(expr, s.Attribute):
            base = self.evaluator.value(expr.base, place)
            return self._home_in(base.path, expr.name, 0) if isinstance(base, ModuleValue) else ""
        if isinstance(expr, s.Name):
            found = self.evaluator.names.entries(expr.id, place)
            if found is not None:
                view, _, entries = found
                imported = entries[-1].imported
                if imported is not None and imported.name:
                    module = self._module(view, imported)
                    return self._home_in(module, imported.name, 0) if module else ""
                return f"{view.path}:{expr.id}"
        return ""

    def _home_in(self, path: str, name: str, depth: int) -> str:
        view = self.program.view(path)
        entries = view.definitions.get((0, name), [])
        imported = entries[-1].imported if entries else None
        if imported is not None and imported.name and depth < 5:
            module = self._module(view, imported)
            return self._home_in(module, imported.name, depth + 1) if module else ""
        return f"{path}:{name}"

    def _module(self, view: FileView, imported: s.Import) -> str | None:
        sources = self.program.sources
        if imported.level:
            return sources.relative_module(view.path, imported.level, imported.module)
        return sources.find_module(imported.module, view.path)

    def sends_to(self, path: str, scope: int) -> list[tuple[str, int]]:
        """The calls that send a signal of the project which the function receives."""
        found: list[tuple[str, int]] = []
        for receiver in self.receivers(path, scope):
            if ":" in receiver.signal:
                found += self._sends_of(receiver.signal)
        return found

    def _sends_of(self, signal: str) -> list[tuple[str, int]]:
        known = self._sends.get(signal)
        if known is None:
            known = []
            name = signal.rpartition(":")[2]
            for path in self.program.sources.code_containing(name):
                view = self.program.view(path)
                for method in SEND:
                    for number in view.calls_by_name.get(method, ()):
                        call = view.facts.calls[number]
                        place = self.program.place_of_call(path, call)
                        if isinstance(call.func, s.Attribute) and self.signal(call.func.base, place) == signal:
                            known.append((path, number))
            self._sends[signal] = known
        return known
