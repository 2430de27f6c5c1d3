"""What tasks do in their own bodies that goes wrong between workers, or with other writers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from celery_lint.facts import schema as s
from celery_lint.finding import Applicability, Fix, Nomination, SetKeyword
from celery_lint.knowledge import blocking
from celery_lint.project.guards import is_missing
from celery_lint.project.program import Place
from celery_lint.project.values import ClassValue, External, Instance, QuerySet, Rows, TaskValue, Value
from celery_lint.project.view import FileView

if TYPE_CHECKING:
    from celery_lint.project.project import Project
    from celery_lint.project.tasks import Task

__all__ = ["Habit", "habits"]

BY_HAND = frozenset({"commands", "scripts"})
CONTAINERS = frozenset({"builtins.dict", "builtins.list", "builtins.set", "collections.defaultdict"})
CHANGES = ("add", "append", "clear", "discard", "extend", "insert", "pop", "remove", "setdefault", "update")


class Habit(Struct, frozen=True):
    """A place in a task's body; `kind` is the name of the rule that it is about."""

    project: Project
    kind: str
    path: str
    span: s.Span
    statement: int
    expect: str
    values: dict[str, str]
    fix: Fix | None = None

    def nominate(self) -> Nomination:
        program = self.project.program
        view = program.view(self.path)
        location = program.location(self.path, self.span)
        statement = program.location(self.path, view.statement(self.statement))
        return Nomination(self.kind, location, statement, dict(self.values), expect=self.expect, fix=self.fix)


def habits(project: Project) -> Iterator[Habit]:
    for task in project.tasks.all:
        function = task.function
        if function is not None:
            view = project.program.view(function.path)
            yield from unserializable_results(project, task, view, function.scope)
            yield from shared_state(project, view, function.scope)
            yield from stale_saves(project, view, function.scope)
    yield from direct_calls(project)


def unserializable_results(project: Project, task: Task, view: FileView, scope: int) -> Iterator[Habit]:
    """Returns of model instances or querysets, by a task whose results are stored as JSON."""
    ignored = task.inherited_option("ignore_result")
    if ignored is not None or not task.has_known_options or not project.stores_json_results(task.path):
        return
    if task.option("serializer") is not None or view.facts.scopes[scope].decorators == ():
        return
    for item in view.returns_by_scope.get(scope, ()):
        if item.kind != "return" or item.value is None:
            continue
        value = project.evaluator.value(item.value, Place(view.path, scope, item.frame, item.order))
        what = model_in(project, value)
        if what and not is_nothing(view, item, value):
            statement = view.facts.statements.index(item.span) if item.span in view.facts.statements else -1
            yield Habit(project, "model-in-result", view.path, item.span, statement, "", {"what": what})


def is_nothing(view: FileView, item: s.Return, value: Value) -> bool:
    """Whether a return gives what a test around it has found false: None, or an empty list, and never an instance."""
    if not isinstance(item.value, s.Name) or isinstance(value, QuerySet):
        return False
    return is_missing(view, item.value.id, item.frame, item.order)


def model_in(project: Project, value: Value) -> str:
    classes = project.evaluator.classes
    if isinstance(value, QuerySet):
        return f"a queryset of `{classes.name(value.model)}`"
    element = value.element if isinstance(value, Rows) else value
    if isinstance(element, Instance) and project.evaluator.is_model_instance(element):
        return (
            f"`{classes.name(element.cls)}` instances"
            if isinstance(value, Rows)
            else (f"an instance of `{classes.name(element.cls)}`")
        )
    return ""


def shared_state(project: Project, view: FileView, scope: int) -> Iterator[Habit]:
    """Writes of the task to a variable of its module, or into a collection that is one."""
    record = view.facts.scopes[scope]
    seen = set()
    for binding in view.facts.bindings:
        if binding.scope != scope:
            continue
        name = binding.target if binding.base is None else getattr(binding.base, "id", "")
        is_global = binding.base is None and name in record.globals
        into = binding.base is not None and binding.target.endswith("]") and is_collection(project, view, scope, name)
        if (is_global or into) and name not in seen:
            seen.add(name)
            values = {"name": name}
            yield Habit(project, "mutable-task-state", view.path, binding.span, binding.statement, "expression", values)
    for method in CHANGES:
        for number in view.calls_by_name.get(method, ()):
            call = view.facts.calls[number]
            base = call.func.base if isinstance(call.func, s.Attribute) else None
            if call.scope != scope or not isinstance(base, s.Name) or base.id in seen:
                continue
            if is_collection(project, view, scope, base.id):
                seen.add(base.id)
                values = {"name": base.id}
                yield Habit(project, "mutable-task-state", view.path, call.span, call.statement, "call", values)


def is_collection(project: Project, view: FileView, scope: int, name: str) -> bool:
    """Whether the name is a dict, list or set that the task's own module makes once."""
    if not name or view.definitions.get((scope, name)):
        return False
    entries = view.definitions.get((0, name), ())
    binding = entries[0].binding if len(entries) == 1 else None
    if binding is None or binding.kind not in ("assign", "annotated"):
        return False
    call = view.call(binding.value)
    if call is not None:
        callee = project.evaluator.value(call.func, project.program.place_of_call(view.path, call))
        return isinstance(callee, External) and callee.name in CONTAINERS
    return isinstance(binding.value, s.Mapping) or (
        isinstance(binding.value, s.Display) and binding.value.kind != "tuple"
    )


def stale_saves(project: Project, view: FileView, scope: int) -> Iterator[Habit]:
    """`save()` of all fields of an object that was read before something slow, and not read again."""
    calls = [view.facts.calls[number] for number in view.calls_by_scope.get(scope, ())]
    slow = [call.order for call in calls if is_slow(project, view, call)]
    for binding in view.facts.bindings:
        value = view.call(binding.value)
        if binding.scope != scope or binding.kind != "assign" or binding.base is not None or value is None:
            continue
        if not (isinstance(value.func, s.Attribute) and value.func.name == "get"):
            continue
        instance = project.evaluator.value(binding.value, project.program.place_of_call(view.path, value))
        if not project.evaluator.is_model_instance(instance):
            continue
        of_it = [call for call in calls if isinstance(call.func, s.Attribute)]
        of_it = [c for c in of_it if isinstance(c.func, s.Attribute) and c.func.base == s.Name(binding.target)]
        for call in of_it:
            between = [order for order in slow if binding.order < order < call.order]
            named = isinstance(call.func, s.Attribute) and call.func.name == "save"
            fresh = any(
                isinstance(c.func, s.Attribute)
                and c.func.name == "refresh_from_db"
                and between
                and between[-1] < c.order < call.order
                for c in of_it
            )
            if named and between and not fresh and not call.args and not call.keywords:
                values = {"name": binding.target}
                fix = naming_fields(project, view, binding, instance, call)
                yield Habit(project, "stale-read-in-task", view.path, call.span, call.statement, "call", values, fix)


def naming_fields(project: Project, view: FileView, row: s.Binding, instance: Value, save: s.Call) -> Fix | None:
    """The fix that saves the fields that are set; None where anything else may set one."""
    name, cls = s.Name(row.target), instance.cls if isinstance(instance, Instance) else None
    for call in view.facts.calls:
        own = isinstance(call.func, s.Attribute) and call.func.base == name and call.span != save.span
        if call.scope == row.scope and (own or name in (*call.args, *(keyword.value for keyword in call.keywords))):
            return None
    written = [b for b in view.facts.bindings if b.base == name and b.scope == row.scope and b.order < save.order]
    fields = list(dict.fromkeys(b.target.rpartition(".")[2] for b in written if not b.target.endswith("]")))
    known = isinstance(cls, ClassValue) and all(any(project.evaluator.classes.attributes(cls, f)) for f in fields)
    if not fields or not known:
        return None
    listed = ", ".join(f'"{field}"' for field in fields)
    location = project.program.location(view.path, save.span)
    return Fix("save what was set", Applicability.UNSAFE, (SetKeyword(location, "update_fields", f"[{listed}]"),))


def is_slow(project: Project, view: FileView, call: s.Call) -> bool:
    value = project.evaluator.value(call.func, project.program.place_of_call(view.path, call))
    known = blocking.REQUESTS.keys() | blocking.PROCESSES | blocking.SLEEP
    return isinstance(value, External) and value.name in known


def direct_calls(project: Project) -> Iterator[Habit]:
    """Calls of a task as a function, outside tasks, tests and what people run by hand. A function that also sends the
    task chooses between the two."""
    chosen = {(d.path, d.view.function_of(d.call.scope), d.sending.task) for d in project.dispatches}
    for name in sorted({definition.scope.name for definition in project.task_definitions if not definition.above}):
        for path in project.sources.code_containing(name):
            if not BY_HAND.isdisjoint(path.split("/")):
                continue
            view = project.program.view(path)
            for number in view.calls_by_name.get(name, ()):
                call = view.facts.calls[number]
                value = project.evaluator.value(call.func, project.program.place_of_call(path, call))
                outer = view.function_of(call.scope)
                if not isinstance(value, TaskValue) or not value.path or (path, outer, value) in chosen:
                    continue
                if outer > 0 and (path, outer) not in project.tasks.by_function:
                    values = {"task": name}
                    yield Habit(project, "task-called-directly", path, call.span, call.statement, "call", values)
