"""What runs when a serializer or a form is saved: the method of a serializer that makes or changes its row, and the
forms that an admin saves."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from celery_lint.facts import schema as s
from celery_lint.finding import Location
from celery_lint.knowledge import django
from celery_lint.project.evaluate import Evaluator
from celery_lint.project.guards import Requirement
from celery_lint.project.program import Place, Program
from celery_lint.project.uses import State, Use, use_of_call
from celery_lint.project.values import ClassValue, External, ExternalMethod, Instance
from celery_lint.project.view import FileView

__all__ = ["Saving"]

MAKERS = ("get_serializer",)
"""Methods that make a serializer of what they are given, as its class does."""
COMMIT = "commit"
"""The parameter of a form's `save`: an admin saves the object itself, but has the forms of inlines save theirs."""


class Saving:
    def __init__(self, program: Program, evaluator: Evaluator) -> None:
        self.program = program
        self.evaluator = evaluator

    # Serializers

    def uses(self, state: State) -> Iterator[Use]:
        """The calls `serializer.save()` that run a serializer's own `create()` or `update()`."""
        name = self.program.view(state.path).facts.scopes[state.scope].name
        if name not in django.SAVED_BY or state.bound is None:
            return
        finders = [cls for cls in self._finders(state, state.bound, name) if self.evaluator.classes.is_serializer(cls)]
        for path in self._files_naming(finders, b".save("):
            view = self.program.view(path)
            for number in view.calls_by_name.get("save", ()):
                call = view.facts.calls[number]
                for cls in self._saved(view, call, finders):
                    if self._may_run(name, view, call):
                        own = self._is_own(view, call)
                        use = use_of_call(view, number, cls if own else None)
                        yield replace(use, own="self" if own else "", receiver=cls)

    def _finders(self, state: State, bound: ClassValue, name: str) -> Iterator[ClassValue]:
        """The classes whose objects find the function by its name."""
        classes = self.evaluator.classes
        for cls in (bound, *classes.children(bound)):
            found = classes.method(cls, name)
            if found is not None and (found.path, found.scope) == (state.path, state.scope):
                yield cls

    def _files_naming(self, family: list[ClassValue], text: bytes) -> Iterator[str]:
        sources = self.program.sources
        named = (path for cls in family for path in sources.code_containing(self.evaluator.classes.name(cls)))
        return (path for path in dict.fromkeys(named) if sources.has_text(path, text))

    def _saved(self, view: FileView, call: s.Call, finders: list[ClassValue]) -> Iterator[ClassValue]:
        """Those of the classes of which the call saves an object by the `save` of REST framework."""
        value = self.evaluator.value(call.func, self.program.place_of_call(view.path, call))
        if not isinstance(value, ExternalMethod) or not isinstance(value.receiver, Instance):
            return
        saved, classes = value.receiver.cls, self.evaluator.classes
        if not self._is_own(view, call):
            if isinstance(saved, ClassValue) and saved in finders:
                yield saved
            return
        after = saved if isinstance(saved, ClassValue) and is_super(view, call) else None
        for cls in finders:
            if classes.is_subclass(cls, saved) and classes.method(cls, "save", after=after) is None:
                yield cls

    def _is_own(self, view: FileView, call: s.Call) -> bool:
        """`super().save()` and `self.save()` in a method."""
        method = self.evaluator.method_scope(view, call.scope)
        if method is None or not isinstance(call.func, s.Attribute):
            return False
        parameters = view.facts.scopes[method].parameters
        return is_super(view, call) or (bool(parameters) and call.func.base == s.Name(parameters[0].name))

    def _may_run(self, name: str, view: FileView, call: s.Call) -> bool:
        """A serializer that was given an object updates it; one that was given none creates one."""
        assert isinstance(call.func, s.Attribute)
        performed = django.PERFORMED_BY.get(view.facts.scopes[call.scope].name)
        if performed is not None:
            return performed == name
        place = self.program.place_of_call(view.path, call)
        expr, there = self.evaluator.names.followed(call.func.base, place)
        made = self.program.view(there.path).call(expr)
        if (
            made is None
            or any(k.name is None for k in made.keywords)
            or any(isinstance(a, s.Spread) for a in made.args)
        ):
            return True
        maker = self.evaluator.value(made.func, there)
        if not isinstance(maker, ClassValue) and getattr(made.func, "name", "") not in MAKERS:
            return True
        given = self.program.view(there.path).argument(made, 0, "instance")
        none = given is None or given == s.Constant("NoneType", None)
        return name == ("create" if none else "update")

    # Forms of an admin

    def by_admin(self, path: str, scope: int, needs: frozenset[Requirement]) -> Location | None:
        """Where an admin is given the form whose `save` the function is, unless it calls that with a `commit` under
        which the place in question is not reached."""
        view = self.program.view(path)
        cls = view.class_of(scope)
        if cls <= 0 or view.facts.scopes[scope].name != "save":
            return None
        own = ClassValue(path, cls)
        forms = list(self._finders(State(path, scope, own), own, "save"))
        if not any(self.evaluator.classes.is_form(form) for form in forms):
            return None
        for other in self._files_naming(forms, b"form"):
            for owner, where, given in self._given_forms(self.program.view(other)):
                if given in forms and (COMMIT, not self._is_inline(owner)) not in needs:
                    return where
        return None

    def _given_forms(self, view: FileView) -> Iterator[tuple[ClassValue, Location, ClassValue]]:
        """`form = OrderForm` in the body of an admin's class: the class, the place and the form."""
        for binding in view.facts.bindings:
            if binding.target not in django.ADMIN_FORMS or view.facts.scopes[binding.scope].kind != "class":
                continue
            owner = ClassValue(view.path, binding.scope)
            given = self.evaluator.value(binding.value, Place(view.path, binding.scope, binding.frame, binding.order))
            if isinstance(given, ClassValue) and self.evaluator.classes.is_admin(owner):
                yield owner, self.program.location(view.path, binding.span), given

    def _is_inline(self, admin: ClassValue) -> bool:
        bases = self.evaluator.classes.order(admin)
        return any(isinstance(base, External) and base.name.endswith("Inline") for base in bases)


def is_super(view: FileView, call: s.Call) -> bool:
    base = view.call(call.func.base) if isinstance(call.func, s.Attribute) else None
    return base is not None and base.func == s.Name("super")
