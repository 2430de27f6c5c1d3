"""The canvases of a project, taken apart into the signatures they are made of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct, structs

from celery_lint.facts import schema as s
from celery_lint.finding import Applicability, Fix, Nomination, Operation, RenameMethod, SetKeyword
from celery_lint.knowledge import celery as celery_knowledge
from celery_lint.project.dispatch import parts_of
from celery_lint.project.program import Place
from celery_lint.project.site import CallSite
from celery_lint.project.values import External, ExternalMethod, Signature, TaskMethod, TaskValue
from celery_lint.project.view import FileView, last_name

if TYPE_CHECKING:
    from celery_lint.project.project import Project

__all__ = ["Canvases", "Executed", "Located", "Part", "Unused"]

WORDS = ("s", "si", "signature", "subtask", "chain", "group", "chord")
MAKING = re.compile(
    rb"\.si?\(|signature(?<!inspect\.signature)\(|subtask\(|(?:chain|group|chord)(?<![.\w].....)\("
    rb"|(?:chain|group|chord)(?<!\w.....) as |celery(?s:.*)\.(?:chain|group|chord)\("
)
"""`match.group(`, `itertools.chain(` and `click.group(` count only where Celery is spoken of before."""
MADE = (
    *(b".s(", b".si(", b"signature(", b"subtask("),
    *(name + after for name in (b"chain", b"group", b"chord") for after in (b"(", b" as ")),
)
BUILDERS = ("chain", "group", "chord")
SAME = ("set", "clone", "on_error", "stamp")
"""Methods that give the signature they are called on."""
APPLIED = ("delay", "apply_async", "apply")
ARGUMENTS = ("args", "kwargs")
Key: TypeAlias = tuple[str, int]
Located: TypeAlias = tuple[s.Expr, Place]
DEEPEST = 12


class Part(Struct, frozen=True):
    """Something that stands in a canvas, or is applied itself. `gets` says what Celery puts before its arguments:
    "nothing", "result" of the one before, "results" of a group, or "" when that cannot be told. `header` is that group.
    `is_link` is True for what is given as `link=`."""

    expr: s.Expr
    place: Place
    gets: str
    header: Located | None = None
    is_link: bool = False

    def inside(self, whole: Part) -> Part:
        """The same, where `gets` may be "same", for what the whole gets."""
        return structs.replace(self, gets=whole.gets, header=whole.header) if self.gets == "same" else self


class Executed(CallSite, frozen=True):
    """A task that is sent inside of a canvas. `gets` is what Celery would put before the arguments of its signature."""

    task: TaskValue
    gets: str

    def nominate_sending(self, rule: str) -> Nomination:
        """A nomination at the call, with the fix that makes a signature of it.

        It gets all its arguments where it is sent, so a result before them would be one too many.
        """
        fix = None
        takes_results = self.gets in ("result", "results")
        if self.method == "delay":
            name = "si" if takes_results else "s"
            fix = Fix("make it a signature", Applicability.SAFE, (RenameMethod(self.location, name),))
        elif self.method == "apply_async" and len(self.call.args) <= len(ARGUMENTS):
            operations: tuple[Operation, ...] = (RenameMethod(self.location, "signature"),)
            if takes_results:
                operations = (*operations, SetKeyword(self.location, "immutable", "True"))
            fix = Fix("make it a signature", Applicability.SAFE, operations)
        values = {"task": self.project.tasks.of(self.task).name, "method": self.method}
        return self.nominate(rule, values, label="sent here, at once", fix=fix)


class Unused(CallSite, frozen=True):
    """A signature or canvas that nothing is done with."""

    value: Signature

    def nominate_making(self, rule: str) -> Nomination:
        kind = f"a {self.value.kind}"
        task = self.project.tasks.of(self.value.tasks[0]).name if self.value.tasks else ""
        what = f"{kind} of `{task}`" if task else kind
        return self.nominate(rule, {"what": what}, label="made here, and dropped")


class Canvases:
    """The chains, groups and chords outside tests, followed through the variables that hold their parts."""

    def __init__(self, project: Project) -> None:
        self.project = project

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """In the order of files; a part that stands in two canvases comes twice."""
        found: list[Part] = []
        for path in self.paths:
            found += self._in_file(self.project.program.view(path))
        return tuple(found)

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """The files that may make a signature or a canvas."""
        sources = self.project.sources
        return tuple(sources.code_matching(WORDS, MAKING, texts=MADE))

    @cached_property
    def executed(self) -> tuple[Executed, ...]:
        """Tasks that are sent where a canvas wants their signature."""
        found = {}
        for part in self.parts:
            call = self.project.program.view(part.place.path).call(part.expr)
            if call is None or part.is_link or not isinstance(part.expr, s.CallRef):
                continue
            callee = self.project.evaluator.value(call.func, part.place)
            if isinstance(callee, TaskMethod) and isinstance(callee.receiver, TaskValue):
                executed = Executed(self.project, part.place.path, part.expr.index, callee.receiver, part.gets)
                found[executed.path, executed.number] = executed
        return tuple(found[key] for key in sorted(found))

    @cached_property
    def unused(self) -> tuple[Unused, ...]:
        """Signatures and canvases that are made as a statement, and then nothing is done with them."""
        found = []
        for path in self.paths:
            view = self.project.program.view(path)
            for number, call in enumerate(view.facts.calls):
                if call.use == "discarded" and self._makes(view, call):
                    value = self.project.evaluator.value(s.CallRef(number), self.project.program.end_of(path))
                    if isinstance(value, Signature):
                        found.append(Unused(self.project, path, number, value))
        return tuple(found)

    def _makes(self, view: FileView, call: s.Call) -> bool:
        """Whether a call makes a new signature, and does not change one or send it."""
        name = last_name(call.func)
        if name not in WORDS and not any(known in BUILDERS for known in view.names_behind.get(name, ())):
            return False
        if self.builder(view, call):
            return True
        value = self.project.evaluator.value(call.func, self.project.program.place_of_call(view.path, call))
        if isinstance(value, External):
            return celery_knowledge.CANVAS.get(value.name) == "signature"
        return isinstance(value, ExternalMethod) and isinstance(value.receiver, TaskValue)

    @cached_property
    def _gets(self) -> dict[Key, set[str]]:
        found: dict[Key, set[str]] = {}
        for part in self.parts:
            if isinstance(part.expr, s.CallRef):
                found.setdefault((part.place.path, part.expr.index), set()).add(part.gets)
        return found

    def gets(self, path: str, call: int) -> str:
        """What Celery gives the signature that a call makes; "" when that cannot be told or differs."""
        found = self._gets.get((path, call), {""})
        return next(iter(found)) if len(found) == 1 else ""

    def counted(self, header: Located) -> tuple[TaskValue, ...]:
        """The tasks whose results a chord waits for; none where one of them is the last of a chain."""
        found: list[TaskValue] = []
        for part in self._everything(Part(*header, "nothing"), 0):
            value = self.project.evaluator.value(part.expr, part.place)
            if isinstance(value, Signature) and value.kind == "chain":
                return ()
            if isinstance(value, Signature) and value.kind == "signature" and part.gets == "nothing":
                found += value.tasks
        return tuple(found)

    # Reading

    def _in_file(self, view: FileView) -> Iterator[Part]:
        applied = dict(self._applied(view))
        roots = {key_of(expr): (expr, place) for expr, place in self._roots(view)}
        inner = {
            key_of(part.expr)
            for expr, place in roots.values()
            for part in self._everything(Part(expr, place, ""), 0)
            if part.place.path == view.path and part.expr is not expr
        }
        for key, (expr, place) in roots.items():
            if key not in inner:
                gets = "nothing" if key in applied else ""
                yield from self._everything(Part(expr, place, gets), 0)
        for key, (expr, place) in applied.items():
            if key not in roots and key not in inner:
                yield from self._everything(Part(expr, place, "nothing"), 0)
        for expr, place in linked(self.project, view):
            for part in self._everything(Part(expr, place, "result"), 0):
                yield structs.replace(part, is_link=True)

    def _everything(self, part: Part, depth: int) -> Iterator[Part]:
        """An expression and all that stands in it, with what each gets."""
        yield part
        if depth > DEEPEST:
            return
        for child in self.children(self.project.program.view(part.place.path), part.expr, part.place):
            yield from self._everything(child.inside(part), depth + 1)

    def _roots(self, view: FileView) -> Iterator[Located]:
        for name in BUILDERS:
            for number in view.calls_by_name.get(name, ()):
                if self.builder(view, view.facts.calls[number]):
                    place = self.project.program.place_of_call(view.path, view.facts.calls[number])
                    yield s.CallRef(number), place
        for number, call in enumerate(view.facts.calls):
            made = view.call(call.func)
            if made is not None and self.builder(view, made) == "chord":
                yield s.CallRef(number), self.project.program.place_of_call(view.path, call)
        for expr, place in operations(view):
            if isinstance(self.project.evaluator.value(expr, place), Signature):
                yield expr, place

    def _applied(self, view: FileView) -> Iterator[tuple[Key, Located]]:
        """What is applied where it stands or by the name it is given, and without further arguments."""
        for call in view.facts.calls:
            place = self.project.program.place_of_call(view.path, call)
            if isinstance(call.func, s.CallRef) and not call.args:
                yield key_of(call.func), (call.func, place)
            elif isinstance(call.func, s.Attribute) and call.func.name in APPLIED and is_bare(call):
                expr, there = self._followed(call.func.base, place)
                if isinstance(self.project.evaluator.value(expr, there), Signature):
                    yield key_of(expr), (expr, there)

    # Parts

    def builder(self, view: FileView, call: s.Call) -> str:
        """ "chain", "group" or "chord" for a call of these, else ""."""
        value = self.project.evaluator.value(call.func, self.project.program.place_of_call(view.path, call))
        if isinstance(value, External):
            kind = celery_knowledge.CANVAS.get(value.name, "")
            return kind if kind in BUILDERS else ""
        return ""

    def children(self, view: FileView, expr: s.Expr, place: Place) -> list[Part]:
        """What stands directly in an expression of a canvas, and what it gets; "same" for what the whole gets."""
        if isinstance(expr, s.Name):
            followed, there = self._followed(expr, place)
            return [Part(followed, there, "same")] if followed is not expr else []
        if isinstance(expr, s.Operation) and expr.operator == "|":
            return [Part(expr.left, place, "same"), self._after(expr.left, expr.right, place)]
        if isinstance(expr, s.Display):
            return [Part(item, place, "same") for item in expr.items]
        if isinstance(expr, s.Comprehension):
            frame = view.facts.frames[expr.frame]
            inner = Place(place.path, place.scope, expr.frame, max(place.order, frame.order + 1))
            return [Part(expr.element, inner, "same")]
        if isinstance(expr, s.Spread):
            return [Part(expr.value, place, "same")]
        if isinstance(expr, s.Choice):
            return [Part(option, place, "same") for option in expr.options]
        call = view.call(expr)
        return self._children_of_call(view, call, place) if call is not None else []

    def _children_of_call(self, view: FileView, call: s.Call, place: Place) -> list[Part]:
        made = view.call(call.func)
        if made is not None and self.builder(view, made) == "chord":
            bodies = (Part(arg, place, "results", (call.func, place)) for arg in call.args[:1])
            return [Part(call.func, place, "same"), *bodies]
        kind = self.builder(view, call)
        if kind == "group":
            return [Part(arg, place, "same") for arg in call.args]
        if kind == "chord":
            header, body = view.argument(call, 0, "header"), view.argument(call, 1, "body")
            headers = [Part(header, place, "same")] if header is not None else []
            counted = (header, place) if header is not None else None
            return [*headers, Part(body, place, "results", counted)] if body is not None else headers
        if kind == "chain":
            return self._links(call, place)
        if isinstance(call.func, s.Attribute) and call.func.name in SAME:
            return [Part(call.func.base, place, "same")]
        return []

    def _links(self, call: s.Call, place: Place) -> list[Part]:
        args, there = call.args, place
        if len(args) == 1:
            shown, there = self._followed(args[0], place)
            args = shown.items if isinstance(shown, s.Display) else args
            there = there if isinstance(shown, s.Display) else place
        found: list[Part] = []
        for number, arg in enumerate(args):
            if isinstance(arg, s.Spread | s.Comprehension) or self._is_several(arg, there):
                found.append(Part(arg, there, ""))
            elif number and not isinstance(args[number - 1], s.Spread):
                found.append(self._after(args[number - 1], arg, there))
            else:
                found.append(Part(arg, there, "" if number else "same"))
        return found

    def _is_several(self, expr: s.Expr, place: Place) -> bool:
        followed, _ = self._followed(expr, place)
        return isinstance(followed, s.Display | s.Comprehension)

    def _after(self, before: s.Expr, expr: s.Expr, place: Place) -> Part:
        """What follows another in a chain."""
        while isinstance(before, s.Operation):
            before = before.right
        value = self.project.evaluator.value(before, place)
        if not isinstance(value, Signature):
            return Part(expr, place, "")
        if value.kind == "group":
            return Part(expr, place, "results", (before, place))
        return Part(expr, place, "result")

    def _followed(self, expr: s.Expr, place: Place) -> Located:
        return self.project.evaluator.names.followed(expr, place)


def key_of(expr: s.Expr) -> Key:
    """What tells one expression of a file from another."""
    return ("call", expr.index) if isinstance(expr, s.CallRef) else ("", id(expr))


def is_bare(call: s.Call) -> bool:
    """Whether a canvas is applied without arguments for its first task."""
    name = call.func.name if isinstance(call.func, s.Attribute) else ""
    if call.args:
        return False
    return not call.keywords if name == "delay" else all(k.name and k.name not in ARGUMENTS for k in call.keywords)


def operations(view: FileView) -> Iterator[Located]:
    """The outermost `a | b` expressions of a file."""
    for call in view.facts.calls:
        place = Place(view.path, call.scope, call.frame, call.order)
        heads = [call.func.base] if isinstance(call.func, s.Attribute) else [call.func]
        yield from piped((*heads, *call.args, *(keyword.value for keyword in call.keywords)), place)
    for binding in view.facts.bindings:
        if binding.value is not None:
            place = Place(view.path, binding.scope, binding.frame, binding.order)
            yield from piped((binding.value,), place)
    for item in view.facts.returns:
        if item.value is not None:
            yield from piped((item.value,), Place(view.path, item.scope, item.frame, item.order))


def piped(exprs: Iterable[s.Expr], place: Place) -> Iterator[Located]:
    for expr in exprs:
        if isinstance(expr, s.Operation) and expr.operator == "|":
            yield expr, place
        else:
            yield from piped(parts_of(expr), place)


def linked(project: Project, view: FileView) -> Iterator[Located]:
    """`apply_async(link=b.s())` and `a.s().link(b.s())`: what gets the result of the task it is linked to."""
    for call in view.facts.calls:
        place = project.program.place_of_call(view.path, call)
        for keyword in call.keywords:
            if keyword.name == "link":
                yield keyword.value, place
        if isinstance(call.func, s.Attribute) and call.func.name == "link" and len(call.args) == 1:
            value = project.evaluator.value(call.func, place)
            if isinstance(value, ExternalMethod) and isinstance(value.receiver, Signature):
                yield call.args[0], place
