"""The names that a module or a class ends up with, and what each may stand for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from celery_lint.facts import schema as s
from celery_lint.project.conditions import guard
from celery_lint.project.configuration.data import ANYTHING, Datum, Items, Reference, State
from celery_lint.project.configuration.mutations import Mutation, applied, mutations_of
from celery_lint.project.names import is_visible, reaching
from celery_lint.project.program import END, Place
from celery_lint.project.values import UNKNOWN, ClassValue, FunctionValue
from celery_lint.project.view import Definition, FileView, last_name

if TYPE_CHECKING:
    from celery_lint.project.configuration.reading import Reader

__all__ = ["ClassNames", "Gap", "ModuleNames", "Names", "Namespaces", "TableNames"]

OWN_NAMES = ("locals", "globals", "vars")


class Gap(Struct, frozen=True):
    """A place that may set any name, unseen: a star import of something that is not in the tree, and the like."""

    path: str
    span: s.Span
    reason: str


class Star(Struct, frozen=True):
    """A module whose names all come in: `from base import *`, `include("base.py")`."""

    path: str
    order: int
    frame: int


class Namespaces:
    """Modules and classes by path; each is made once."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self._modules: dict[str, ModuleNames] = {}
        self._mutations: dict[str, dict[tuple[int, str], list[Mutation]]] = {}
        self._running: set[tuple[str, int, str, int]] = set()

    def of_module(self, path: str) -> ModuleNames:
        found = self._modules.get(path)
        if found is None:
            found = self._modules[path] = ModuleNames(self, path)
        return found

    def of_class(self, cls: ClassValue) -> ClassNames:
        return ClassNames(self, cls)

    def reaching(self, name: str, place: Place) -> list[Datum]:
        """What a name may stand for where it is used; nothing where it is not defined."""
        view = self.reader.program.view(place.path)
        scope, frame, order = place.scope, place.frame, place.order
        while scope >= 0:
            record = view.facts.scopes[scope]
            if record.kind != "class" or scope == place.scope:
                found = self.in_scope(view, scope, name, frame, order)
                if found:
                    return found
            scope, frame, order = record.parent, record.outer, END
        return []

    def in_scope(self, view: FileView, scope: int, name: str, frame: int, order: int) -> list[Datum]:
        key = (view.path, scope, name, order)
        if key in self._running:
            return []
        self._running.add(key)
        try:
            defined = [d for d in view.definitions.get((scope, name), ()) if is_visible(view, d.frame, frame)]
            stars: dict[int, Star] = {}
            if scope == 0:
                module = self.of_module(view.path)
                stars = {star.order: star for star in module.stars if self.of_module(star.path).has(name)}
                defined += [Definition(star.order, star.frame) for star in stars.values()]
                defined += module.own_updates.get(name, ())
            if not defined:
                return []
            defined.sort(key=lambda definition: definition.order)
            found: list[Datum] = []
            for entry in reaching(view, defined, frame, order):
                for datum in self._of_entry(view, scope, name, entry, stars):
                    found.append(self._mutated(view, scope, name, datum, entry.order, order))
            return found
        finally:
            self._running.discard(key)

    def _of_entry(
        self, view: FileView, scope: int, name: str, entry: Definition, stars: dict[int, Star]
    ) -> list[Datum]:
        if entry.order in stars and entry.binding is None:
            return self.of_module(stars[entry.order].path).options(name)
        if entry.imported is not None and entry.imported.name is not None:
            path = self.reader.imported_module(view, entry.imported)
            if path is not None and self.of_module(path).has(entry.imported.name):
                return self.of_module(path).options(entry.imported.name)
        binding = entry.binding
        if binding is not None and binding.kind in ("assign", "annotated", "augmented", "walrus"):
            return [self._of_binding(view, scope, name, binding)]
        value = self.reader.evaluator.define(view, scope, entry)
        record = view.facts.scopes[entry.scope] if entry.scope >= 0 else None
        span = record.span if record is not None else s.Span(1, 1, 1, 1)
        state = State.UNKNOWN if value == UNKNOWN else State.KNOWN
        return [Datum(ANYTHING if value == UNKNOWN else Reference(value), state, view.path, span, span, name=name)]

    def _of_binding(self, view: FileView, scope: int, name: str, binding: s.Binding) -> Datum:
        statement = view.statement(binding.statement)
        place = Place(view.path, binding.scope, binding.frame, binding.order)
        datum = self.reader.read(binding.value, place, binding.span, statement)
        for index in binding.path:
            items = datum.items
            known = datum.is_complete and -len(items) <= index < len(items)
            datum = items[index] if known else structs.replace(datum, content=ANYTHING, state=State.UNKNOWN)
        if binding.kind == "augmented":
            datum = self._augmented(view, scope, name, binding, datum)
        return structs.replace(
            datum,
            path=view.path,
            span=binding.span,
            statement=statement,
            guard=guard(view, binding.frame),
            name=name,
        )

    def _augmented(self, view: FileView, scope: int, name: str, binding: s.Binding, more: Datum) -> Datum:
        """`INSTALLED_APPS += ["x"]`; what is not a list is unknown afterwards."""
        before = self.in_scope(view, scope, name, binding.frame, binding.order)
        old = before[0] if len(before) == 1 else None
        if old is not None and isinstance(old.content, Items):
            complete = old.is_complete and more.is_complete
            return structs.replace(more, content=Items(old.content.kind, (*old.items, *more.items), complete))
        if old is not None and old.entries and more.entries:
            return structs.replace(more, content=structs.replace(old.content, entries=(*old.entries, *more.entries)))
        return structs.replace(more, content=ANYTHING, state=State.UNKNOWN)

    def _mutated(self, view: FileView, scope: int, name: str, datum: Datum, after: int, before: int) -> Datum:
        known = self._mutations.get(view.path)
        if known is None:
            known = self._mutations[view.path] = mutations_of(view)
        for mutation in known.get((scope, name), ()):
            if after < mutation.order < before:
                datum = applied(self.reader, view, datum, mutation)
        return datum


class ModuleNames:
    def __init__(self, namespaces: Namespaces, path: str) -> None:
        self.namespaces = namespaces
        self.path = path
        self.view = namespaces.reader.program.view(path)
        self._asked: set[str] = set()

    @property
    def title(self) -> str:
        return self.namespaces.reader.program.sources.module_name(self.path)

    def options(self, name: str) -> list[Datum]:
        """What the name may stand for once the module is imported."""
        return self.namespaces.in_scope(self.view, 0, name, 0, END)

    def has(self, name: str) -> bool:
        if (0, name) in self.view.definitions or name in self.own_updates:
            return True
        if name.startswith("_") or name in self._asked:
            return False
        self._asked.add(name)
        try:
            return any(self.namespaces.of_module(star.path).has(name) for star in self.stars)
        finally:
            self._asked.discard(name)

    @cached_property
    def bases(self) -> frozenset[str]:
        """The modules whose names all come in, directly or through another."""
        found: set[str] = set()
        todo = [star.path for star in self.stars]
        while todo:
            path = todo.pop()
            if path not in found and path != self.path:
                found.add(path)
                todo += [star.path for star in self.namespaces.of_module(path).stars]
        return frozenset(found)

    @cached_property
    def own_names(self) -> tuple[str, ...]:
        names = [name for scope, name in self.view.definitions if scope == 0]
        return tuple(dict.fromkeys((*names, *self.own_updates)))

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Every name, those of base modules first."""
        inherited = (name for path in sorted(self.bases) for name in self.namespaces.of_module(path).own_names)
        return tuple(dict.fromkeys((*(name for name in inherited if not name.startswith("_")), *self.own_names)))

    @cached_property
    def stars(self) -> tuple[Star, ...]:
        return tuple(found for found in self._stars() if isinstance(found, Star))

    @cached_property
    def gaps(self) -> tuple[Gap, ...]:
        """Places here and in base modules that may set any name."""
        own = [found for found in self._stars() if isinstance(found, Gap)]
        own += self._calls_with_own_names()
        inherited = [gap for path in sorted(self.bases) for gap in self.namespaces.of_module(path).gaps]
        return tuple(dict.fromkeys((*own, *inherited)))

    def _stars(self) -> Iterator[Star | Gap]:
        for item in self.view.star_imports:
            path = self.namespaces.reader.imported_module(self.view, item)
            if path is not None and path != self.path:
                yield Star(path, item.order, self._outside_try(item.frame))
            elif path is None:
                module = "." * item.level + item.module
                yield Gap(self.path, self._span(item.frame), f"`from {module} import *` is not in the tree")
        for number in self.view.calls_by_name.get("include", ()):
            call = self.view.facts.calls[number]
            if call.scope == 0:
                yield from self._included(call)

    def _included(self, call: s.Call) -> Iterator[Star | Gap]:
        """`include("components/base.py", optional("local.py"))` of split_settings."""
        callee = self.namespaces.reader.evaluator.value(call.func, Place(self.path, 0, call.frame, call.order))
        if not getattr(callee, "name", "").startswith("split_settings"):
            return
        directory = os.path.dirname(self.path)
        files = self.namespaces.reader.program.sources.files
        for position, arg in enumerate(call.args):
            inner = self.view.call(arg)
            named = inner.args[0] if inner is not None and inner.args else arg
            pattern = named.value if isinstance(named, s.Constant) else None
            wanted = os.path.normpath(os.path.join(directory, str(pattern))) if pattern else ""
            found = [path for path in files if path == wanted or ("*" in wanted and fnmatch(path, wanted))]
            for path in found:
                yield Star(path, call.order + position, call.frame)
            if not found:
                yield Gap(self.path, call.span, f"`{pattern or 'what include() names'}` is not in the tree")

    def _outside_try(self, frame: int) -> int:
        """A star import in a try does run when its module is there."""
        frames = self.view.facts.frames
        while frames[frame].kind == "try":
            frame = frames[frame].parent
        return frame

    def _span(self, frame: int) -> s.Span:
        del frame
        return s.Span(1, 1, 1, 1)

    @cached_property
    def own_updates(self) -> dict[str, list[Definition]]:
        """Names set by `globals()["X"] = …` and `locals().update({…})`."""
        found: dict[str, list[Definition]] = {}
        for binding in self.view.facts.bindings:
            if binding.scope == 0 and self._is_own(binding.base) and binding.target.endswith("']"):
                name = binding.target[:-2].rpartition("'")[2]
                found.setdefault(name, []).append(Definition(binding.order, binding.frame, binding=binding))
        for number in self.view.calls_by_name.get("update", ()):
            call = self.view.facts.calls[number]
            if call.scope == 0 and isinstance(call.func, s.Attribute) and self._is_own(call.func.base):
                for name, value, span in given(call):
                    binding = s.Binding(
                        "assign", name, None, value, (), None, 0, call.frame, call.statement, span, call.order
                    )
                    found.setdefault(name, []).append(Definition(call.order, call.frame, binding=binding))
        return found

    def _is_own(self, expr: s.Expr | None) -> bool:
        call = self.view.call(expr)
        return call is not None and last_name(call.func) in OWN_NAMES and not call.args

    def _calls_with_own_names(self) -> Iterator[Gap]:
        """`configure(locals())`, `Settings.load_settings(__name__)`, `exec(…)`, `globals()[name] = value`."""
        for call in self.view.facts.calls:
            name = last_name(call.func)
            if call.scope != 0 or name in ("update", "print"):
                continue
            handed = any(self._is_own(arg) for arg in call.args)
            if handed or (name in ("exec", "execfile") and isinstance(call.func, s.Name)) or name == "load_settings":
                yield Gap(self.path, call.span, f"`{name}()` may set anything")
        for binding in self.view.facts.bindings:
            if self._is_own(binding.base) and not binding.target.endswith("']"):
                yield Gap(self.path, binding.span, "names are set by other names")


class ClassNames:
    """A class whose attributes are settings, with what it inherits."""

    def __init__(self, namespaces: Namespaces, cls: ClassValue) -> None:
        self.namespaces = namespaces
        self.cls = cls
        self.path = cls.path

    @property
    def title(self) -> str:
        reader = self.namespaces.reader
        name = reader.program.view(self.path).qualified(self.cls.scope)
        return f"{reader.program.sources.module_name(self.path)}:{name}"

    @cached_property
    def order(self) -> tuple[ClassValue, ...]:
        found = self.namespaces.reader.evaluator.classes.order(self.cls)
        return tuple(base for base in found if isinstance(base, ClassValue))

    def options(self, name: str) -> list[Datum]:
        for cls in self.order:
            view = self.namespaces.reader.program.view(cls.path)
            frame = view.facts.scopes[cls.scope].frame
            found = self.namespaces.in_scope(view, cls.scope, name, frame, END)
            if found:
                return [self._returned(cls, datum) for datum in found]
        return []

    def _returned(self, cls: ClassValue, datum: Datum) -> Datum:
        """What a property gives."""
        content = datum.content
        if isinstance(content, Reference) and not isinstance(content.value, ClassValue):
            view = self.namespaces.reader.program.view(cls.path)
            scope = next((n for n in view.children.get(cls.scope, ()) if view.facts.scopes[n].name == datum.name), None)
            if scope is not None and view.facts.scopes[scope].decorators:
                made = self.namespaces.reader.returned(FunctionValue(cls.path, scope), datum)
                return structs.replace(made, path=datum.path, span=datum.span, statement=datum.statement)
        return datum

    @cached_property
    def names(self) -> tuple[str, ...]:
        found: list[str] = []
        for cls in reversed(self.order):
            view = self.namespaces.reader.program.view(cls.path)
            found += [name for scope, name in view.definitions if scope == cls.scope]
        return tuple(dict.fromkeys(found))

    def has(self, name: str) -> bool:
        return name in self.names

    @cached_property
    def gaps(self) -> tuple[Gap, ...]:
        return ()


class TableNames:
    """A dict whose keys are settings."""

    def __init__(self, title: str, table: Datum) -> None:
        self.title = title
        self.table = table
        self.path = table.path

    def options(self, name: str) -> list[Datum]:
        """The values under the key, the last first, up to one that no condition guards."""
        found: list[Datum] = []
        for key, value in reversed(self.table.entries):
            if key.text == name:
                around = {"path": value.path, "span": value.span, "statement": value.statement, "name": name}
                found += [structs.replace(option, guard=value.guard, **around) for option in value.options]
                if not value.guard:
                    break
        return found

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(key.text for key, _ in self.table.entries if key.text is not None))

    def has(self, name: str) -> bool:
        return name in self.names

    @cached_property
    def gaps(self) -> tuple[Gap, ...]:
        if self.table.is_complete and all(key.text is not None for key, _ in self.table.entries):
            return ()
        return (Gap(self.table.path, self.table.span, "not every key of the dict is known"),)


Names = ModuleNames | ClassNames | TableNames


def given(call: s.Call) -> Iterator[tuple[str, s.Expr, s.Span]]:
    """What `x.update({"A": 1}, B=2)` gives, by name."""
    for arg in call.args:
        if isinstance(arg, s.Mapping):
            for key, value, span in zip(arg.keys, arg.values, arg.spans, strict=True):
                if isinstance(key, s.Constant) and isinstance(key.value, str):
                    yield key.value, value, span
    for keyword in call.keywords:
        if keyword.name is not None:
            yield keyword.name, keyword.value, keyword.span
