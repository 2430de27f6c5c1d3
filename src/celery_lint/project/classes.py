"""Classes of the project: their bases in resolution order, their members, which of them are models."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from celery_lint.facts.schema import Attribute, Binding, CallRef, Constant, Name, Scope
from celery_lint.knowledge import celery as celery_knowledge
from celery_lint.knowledge import django
from celery_lint.project.places import is_migration
from celery_lint.project.program import Place, Program
from celery_lint.project.values import ClassValue, External, FunctionValue, Instance, Manager

if TYPE_CHECKING:
    from celery_lint.project.evaluate import Evaluator

__all__ = ["Classes"]

Base = ClassValue | External
RELATION_TEXTS = (b"ForeignKey", b"ToMany", b"ParentalKey")
RELATION_FIELDS = ("ForeignKey", "ParentalKey", "ManyToManyField")
FIELD_ROOTS = ("django.db.models.", "django.contrib.gis.db.models.", "django.contrib.postgres.fields.")
RELATED_NAME = re.compile(rb"""related_name\s*=\s*[frub]*["']([^"']+)["']""")
FILLED_IN = re.compile(r"%\(\w+\)s|\{[^}]*\}")


class Classes:
    def __init__(self, program: Program, evaluator: Evaluator) -> None:
        self.program = program
        self.evaluator = evaluator
        self._relations_of: dict[str, list[tuple[Binding, str]]] = {}

    def scope(self, cls: ClassValue) -> Scope:
        return self.program.view(cls.path).facts.scopes[cls.scope]

    def name(self, cls: Base) -> str:
        return cls.name.rpartition(".")[2] if isinstance(cls, External) else self.scope(cls).name

    def bases(self, cls: ClassValue) -> list[Base]:
        scope = self.scope(cls)
        place = Place(cls.path, scope.parent, scope.outer, scope.order)
        found: list[Base] = []
        for expr in scope.bases:
            value = self.evaluator.value(expr, place)
            if isinstance(value, ClassValue | External):
                found.append(value)
            else:
                found.append(External(f"?.{written(expr)}"))
        return found

    def order(self, cls: ClassValue) -> tuple[Base, ...]:
        """The method resolution order, the class itself first; depth first where C3 has no answer."""
        return self.evaluator.remember(("order", cls), (cls,), self._linearise, cls)

    def _linearise(self, cls: ClassValue) -> tuple[Base, ...]:
        bases = [base for base in self.bases(cls) if base != cls]
        chains = [list(self.order(b)) if isinstance(b, ClassValue) else [b] for b in bases]
        chains.append(list(bases))
        found: list[Base] = [cls]
        while any(chains):
            for chain in chains:
                if chain and not any(chain[0] in other[1:] for other in chains):
                    head = chain[0]
                    break
            else:
                head = next(chain[0] for chain in chains if chain)
            if head not in found:
                found.append(head)
            chains = [[base for base in chain if base != head] for chain in chains]
        return tuple(found)

    def inherits(self, cls: Base, roots: frozenset[str]) -> bool:
        if isinstance(cls, External):
            return cls.name in roots
        return any(isinstance(base, External) and base.name in roots for base in self.order(cls))

    def is_subclass(self, cls: Base, other: Base) -> bool:
        return cls == other or (isinstance(cls, ClassValue) and other in self.order(cls))

    def method(self, cls: ClassValue, name: str, after: ClassValue | None = None) -> FunctionValue | None:
        """The function that `cls().name` finds; with `after`, what `super().name` finds in that class."""
        order = self.order(cls)
        if after is not None:
            if after not in order:
                return None
            order = order[order.index(after) + 1 :]
        for base in order:
            if isinstance(base, ClassValue):
                own = self.own_function(base, name)
                if own is not None:
                    return own
        return None

    def own_function(self, cls: ClassValue, name: str) -> FunctionValue | None:
        view = self.program.view(cls.path)
        for number in view.children.get(cls.scope, ()):
            scope = view.facts.scopes[number]
            if scope.kind == "function" and scope.name == name:
                return FunctionValue(cls.path, number, flavour(scope))
        return None

    def own_class(self, cls: ClassValue, name: str) -> ClassValue | None:
        view = self.program.view(cls.path)
        for number in view.children.get(cls.scope, ()):
            scope = view.facts.scopes[number]
            if scope.kind == "class" and scope.name == name:
                return ClassValue(cls.path, number)
        return None

    def attributes(self, cls: ClassValue, name: str) -> Iterator[tuple[ClassValue, Binding]]:
        """What the class bodies in resolution order assign to the name, the last of each class."""
        for base in self.order(cls):
            if isinstance(base, ClassValue):
                view = self.program.view(base.path)
                entries = [e for e in view.definitions.get((base.scope, name), ()) if e.binding is not None]
                if entries and entries[-1].binding is not None:
                    yield base, entries[-1].binding

    def self_bindings(self, cls: ClassValue, name: str) -> Iterator[tuple[ClassValue, Binding]]:
        """What methods assign to `self.name`."""
        for base in self.order(cls):
            if not isinstance(base, ClassValue):
                continue
            view = self.program.view(base.path)
            for binding in view.paths.get(f"self.{name}", ()):
                if view.class_of(view.function_of(binding.scope)) == base.scope:
                    yield base, binding

    def meta_model(self, cls: ClassValue) -> ClassValue | External | None:
        """The model that a form's or serializer's `class Meta` names."""
        for base in self.order(cls):
            meta = self.own_class(base, "Meta") if isinstance(base, ClassValue) else None
            if meta is None:
                continue
            for owner, binding in self.attributes(meta, "model"):
                if binding.value is None:
                    continue
                place = Place(owner.path, binding.scope, binding.frame, binding.order)
                value = self.evaluator.value(binding.value, place)
                return value if isinstance(value, ClassValue | External) else None
        return None

    def is_model(self, cls: Base) -> bool:
        if isinstance(cls, External):
            return cls.name in django.MODEL_BASES
        return self.evaluator.remember(("model", cls), False, self._is_model, cls)

    def _is_model(self, cls: ClassValue) -> bool:
        order = self.order(cls)
        if any(isinstance(base, External) and base.name in django.MODEL_BASES for base in order):
            return True
        return any(isinstance(base, ClassValue) and self._has_fields(base) for base in order)

    def _has_fields(self, cls: ClassValue) -> bool:
        """A class body with `models.CharField(…)` is a model's, or an abstract part of one, whatever its bases."""
        view = self.program.view(cls.path)
        for number in view.calls_by_scope.get(cls.scope, ()):
            call = view.facts.calls[number]
            if call.use == "assigned" and isinstance(call.func, Attribute | Name):
                value = self.evaluator.value(call.func, self.program.place_of_call(cls.path, call))
                if isinstance(value, External) and value.name.startswith(FIELD_ROOTS):
                    return value.name.endswith(("Field", "ForeignKey"))
        return False

    def is_manager(self, cls: Base) -> bool:
        """A manager or queryset class of Django's kind."""
        names = self.order(cls) if isinstance(cls, ClassValue) else (cls,)
        return any(isinstance(base, External) and base.name.endswith(("Manager", "QuerySet")) for base in names)

    def managed_model(self, cls: ClassValue) -> ClassValue | None:
        """The one model whose class body makes a manager of this class."""
        return self.evaluator.remember(("managed", cls), None, lambda: only(self._users_of_manager(cls)))

    def _users_of_manager(self, cls: ClassValue) -> Iterator[ClassValue]:
        for path in self.program.sources.code_containing(self.scope(cls).name):
            view = self.program.view(path)
            for binding in view.facts.bindings:
                call = view.call(binding.value)
                if call is None or view.facts.scopes[binding.scope].kind != "class":
                    continue
                value = self.evaluator.definitions.of_binding(view, binding)
                owner = ClassValue(path, binding.scope)
                if isinstance(value, Instance) and value.cls == cls and self.is_model(owner):
                    yield owner

    def related_from(self, cls: ClassValue, name: str) -> ClassValue | None:
        """The model whose foreign key gives instances of this class a manager of that name."""
        return self.evaluator.remember(("reverse", cls, name), None, lambda: only(self._reverse_keys(cls, name)))

    def _reverse_keys(self, cls: ClassValue, name: str) -> Iterator[ClassValue]:
        implicit = name.removesuffix("_set") if name.endswith("_set") else ""
        for path in self.program.sources.code_containing(self.scope(cls).name if implicit else name):
            for binding, related_name in self._relations(path):
                owner = ClassValue(path, binding.scope)
                if related_name != name and (related_name or implicit != self.scope(owner).name.lower()):
                    continue
                field = self.evaluator.field(owner, binding.target)
                target = field.model if isinstance(field, Manager) else getattr(field, "cls", None)
                if target == cls:
                    yield owner

    def _relations(self, path: str) -> list[tuple[Binding, str]]:
        """The relation fields of a file's classes, with their explicit `related_name`."""
        known = self._relations_of.get(path)
        if known is None:
            known = self._relations_of[path] = []
            if is_migration(path) or not any(self.program.sources.has_text(path, text) for text in RELATION_TEXTS):
                return known
            view = self.program.view(path)
            for binding in view.facts.bindings:
                call = view.call(binding.value)
                if call is not None and last(call.func).endswith(RELATION_FIELDS):
                    given = next((k.value for k in call.keywords if k.name == "related_name"), None)
                    known.append((binding, str(given.value) if isinstance(given, Constant) else ""))
        return known

    def lacks(self, cls: ClassValue, name: str) -> bool:
        """Whether certainly no object of the class, or of one below it, has an attribute of that name."""
        return self.evaluator.remember(("lacks", cls, name), False, self._lacks, cls, name)

    def _lacks(self, cls: ClassValue, name: str) -> bool:
        below = self.children(cls)
        if any(self._declares(base, name) for each in (cls, *below) for base in self.order(each)):
            return False
        if any(self.name(child).lower() == name for child in below):
            return False
        if any(name_pattern.fullmatch(name) for name_pattern in self._related_names):
            return False
        return not any(self._points_at(owner, (cls, *below)) for owner in self._namesakes(name))

    @cached_property
    def _related_names(self) -> tuple[re.Pattern[str], ...]:
        """What each `related_name` of the project may come out as: `%(class)s` in it is any name."""
        content = (self.program.sources.read(path) for path in self.program.sources.code_containing("related_name"))
        texts = {text.decode("utf-8", "replace") for each in content for text in RELATED_NAME.findall(each)}
        return tuple(re.compile(".+".join(map(re.escape, FILLED_IN.split(text)))) for text in sorted(texts))

    def _declares(self, cls: Base, name: str) -> bool:
        """Whether a class may give its objects the attribute, with bases left aside."""
        if isinstance(cls, External):
            known = cls.name in django.MODEL_BASES or cls.name == "builtins.object"
            return not known or name in django.MODEL_MEMBERS
        view = self.program.view(cls.path)
        if (cls.scope, name) in view.definitions or self.own_function(cls, "__getattr__") is not None:
            return True
        return any(view.class_of(view.function_of(b.scope)) == cls.scope for b in view.paths.get(f"self.{name}", ()))

    def _namesakes(self, name: str) -> Iterator[ClassValue]:
        """The classes with one-to-one fields after which Django calls the way back by that name."""
        named = re.compile(rb"(?i)\bclass\s+%s\b" % re.escape(name).encode())
        for path in self.program.sources.code_matching(("OneToOneField",), named):
            for number, scope in enumerate(self.program.view(path).facts.scopes):
                if scope.kind == "class" and scope.name.lower() == name:
                    yield ClassValue(path, number)

    def _points_at(self, owner: ClassValue, family: tuple[ClassValue, ...]) -> bool:
        """Whether a one-to-one field of a class may be to one of the family."""
        names = {self.name(cls) for cls in family}
        view = self.program.view(owner.path)
        for number in view.calls_by_scope.get(owner.scope, ()):
            call = view.facts.calls[number]
            if last(call.func) == "OneToOneField":
                to = view.argument(call, 0, "to")
                target = to.value if isinstance(to, Constant) else to.id if isinstance(to, Name) else ""
                if not isinstance(target, str) or not target[:1].isupper() or target.rpartition(".")[2] in names:
                    return True
        return False

    def is_task_class(self, cls: Base) -> bool:
        return self.inherits(cls, celery_knowledge.TASK_BASES)

    def is_view(self, cls: Base) -> bool:
        if isinstance(cls, External):
            parts = cls.name.split(".")
            if cls.name in django.VIEW_BASES or parts[-1].endswith(("ViewSet", "APIView", "ViewSetMixin")):
                return True
            return parts[-1].endswith("View") and bool({"views", "generic", "generics"} & set(parts[:-1]))
        return any(self.is_view(base) for base in self.order(cls)[1:])

    def is_admin(self, cls: ClassValue) -> bool:
        for base in self.order(cls)[1:]:
            if isinstance(base, External):
                module, _, name = base.name.rpartition(".")
                if base.name in django.ADMIN_BASES:
                    return True
                if "admin" in module.split(".") and name.endswith(("Admin", "Inline", "AdminMixin")):
                    return True
        return False

    def is_form(self, cls: ClassValue) -> bool:
        for base in self.order(cls)[1:]:
            if isinstance(base, External):
                module, _, name = base.name.rpartition(".")
                if base.name in django.FORM_BASES or ("forms" in module.split(".") and name.endswith("Form")):
                    return True
        return False

    def is_serializer(self, cls: ClassValue) -> bool:
        for base in self.order(cls)[1:]:
            if isinstance(base, External):
                module, _, name = base.name.rpartition(".")
                if base.name in django.SERIALIZER_BASES:
                    return True
                if "serializers" in module.split(".") and name.endswith("Serializer"):
                    return True
        return False

    def children(self, cls: ClassValue) -> tuple[ClassValue, ...]:
        """Every class of the project below this one."""
        return self.evaluator.remember(("children", cls), (), self._find_children, cls)

    def _find_children(self, cls: ClassValue) -> tuple[ClassValue, ...]:
        found: dict[ClassValue, None] = {}
        for child in self._direct_children(cls):
            found[child] = None
            found.update(dict.fromkeys(self.children(child)))
        return tuple(found)

    def _direct_children(self, cls: ClassValue) -> Iterator[ClassValue]:
        name = self.scope(cls).name
        sources = self.program.sources
        for path in sources.code_containing(name):
            if not sources.has_base(path, name):
                continue
            view = self.program.view(path)
            names = {name, *view.names_imported.get(name, ())}
            for number, scope in enumerate(view.facts.scopes):
                if scope.kind != "class" or (path == cls.path and number == cls.scope):
                    continue
                if any(last(expr) in names for expr in scope.bases):
                    child = ClassValue(path, number)
                    if cls in self.bases(child):
                        yield child


def only(found: Iterator[ClassValue]) -> ClassValue | None:
    """The one class there is; None for none and for several."""
    classes = list(dict.fromkeys(found))
    return classes[0] if len(classes) == 1 else None


def flavour(scope: Scope) -> str:
    for decorator in scope.decorators:
        if isinstance(decorator, Name) and decorator.id in ("staticmethod", "classmethod"):
            return decorator.id.removesuffix("method")
    return ""


def last(expr: object) -> str:
    if isinstance(expr, Name):
        return expr.id
    return expr.name if isinstance(expr, Attribute) else ""


def written(expr: object) -> str:
    if isinstance(expr, Name):
        return expr.id
    if isinstance(expr, Attribute):
        return f"{written(expr.base)}.{expr.name}"
    return "()" if isinstance(expr, CallRef) else "?"
