"""Small projects for tests: written to disk, linked, and asked about.

In a source `see(expression)` marks an expression to ask about; `see` itself stands for nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

from celery_lint.facts import schema as s
from celery_lint.knowledge.deployment import is_deployment_file
from celery_lint.project import Project
from celery_lint.project import values as v
from celery_lint.project.uses import State
from celery_lint.project.view import Definition, FileView


def write(root: Path, files: Mapping[str, str | bytes]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else dedent(text).lstrip("\n").encode())


def build(root: Path, files: Mapping[str, str | bytes]) -> Project:
    """The project of these files, all of which are written below the root."""
    write(root, files)
    code = sorted(name for name in files if name.endswith(".py"))
    deployment = sorted(name for name in files if is_deployment_file(name.rpartition("/")[2]))
    return Project(str(root), code, deployment=deployment)


def one(root: Path, text: str) -> Project:
    """A project of one file, `shop.py`."""
    return build(root, {"shop.py": text})


# What an expression stands for


def sights(view: FileView) -> list[int]:
    """The calls of `see` in a file, by line."""
    return view.calls_by_name.get("see", [])


def seen_in(project: Project, path: str) -> list[str]:
    """What the argument of each `see(…)` in a file stands for, in words."""
    view = project.program.view(path)
    assert view.facts.failure is None
    return [value_at(project, path, number) for number in sights(view)]


def value_at(project: Project, path: str, number: int) -> str:
    call = project.program.view(path).facts.calls[number]
    return words(project, project.evaluator.value(call.args[0], project.program.place_of_call(path, call)))


def seen(root: Path, files: Mapping[str, str | bytes] | str) -> list[str]:
    """What every `see(…)` of a project stands for, in the order of files and lines."""
    project = one(root, files) if isinstance(files, str) else build(root, files)
    return [word for path in project.sources.files for word in seen_in(project, path)]


def words(project: Project, value: v.Value) -> str:
    """A value in words: `<Order>` is an order, `<Order+>` an order or an instance of a class below."""

    def named(path: str, scope: int) -> str:
        return project.program.view(path).qualified(scope)

    def say(value: v.Value) -> str:
        return words(project, value)

    match value:
        case v.Unknown():
            return "?"
        case v.Literal(kind, content):
            return kind if content is None else f"{kind} {content!r}"
        case v.External(name):
            return name
        case v.ModuleValue(path):
            return f"module {path}"
        case v.ClassValue(path, scope):
            return named(path, scope)
        case v.FunctionValue(path, scope):
            return f"{named(path, scope)}()"
        case v.LambdaValue():
            return "lambda"
        case v.Property(function):
            return f"property {say(function)}"
        case v.Instance(cls, exact):
            return f"<{say(cls)}{'' if exact else '+'}>"
        case v.Method(receiver, function):
            return f"{say(receiver)}: {say(function)}"
        case v.ExternalMethod(receiver, name):
            return f"{say(receiver)}: {name}"
        case v.ParameterValue(_, _, name):
            return f"parameter {name}"
        case v.TaskDecorator():
            return "task decorator"
        case v.TaskValue(path, scope, name):
            return f"task {named(path, scope) if path else name}"
        case v.TaskMethod(receiver, name):
            return f"{say(receiver)}: {name}"
        case v.Signature(kind, tasks):
            return f"{kind} of {', '.join(say(task) for task in tasks)}"
        case v.Partial(callee):
            return f"partial of {say(callee)}"
        case v.AtomicBlock(using):
            return f"atomic {using or 'default'}"
        case v.Manager(model, cls):
            return f"{say(cls) if cls else 'manager'} of {say(model)}"
        case v.QuerySet(model, rows, _):
            return f"{'queryset' if rows == 'instances' else rows} of {say(model)}"
        case v.Rows(element):
            return f"rows of {say(element)}"
        case v.TupleValue(items):
            return f"({', '.join(say(item) for item in items)})"


# Which assignments reach a name


def reaching(root: Path, text: str) -> list[list[int | str]]:
    """For each `see(name)` of a file, the lines of the assignments that can have reached it; "import" for an
    import, "parameter" for a parameter and nothing for a name that is not defined."""
    project = one(root, text)
    view = project.program.view("shop.py")
    found = []
    for number in sights(view):
        call = view.facts.calls[number]
        (name,) = call.args
        assert isinstance(name, s.Name)
        entries = project.evaluator.names.entries(name.id, project.program.place_of_call("shop.py", call))
        lines = {line_of(view, entry) for entry in (entries[2] if entries else ())}
        found.append(sorted(lines, key=str))
    return found


def line_of(view: FileView, entry: Definition) -> int | str:
    if entry.binding is not None:
        return entry.binding.span.line
    if entry.imported is not None:
        return "import"
    return view.facts.scopes[entry.scope].span.line if entry.scope >= 0 else "parameter"


# Functions and who runs them


def function(project: Project, path: str, qualified: str, which: int = 0) -> int:
    """The scope of a function or class by its qualified name; `which` of those that share it."""
    view = project.program.view(path)
    return [n for n, _ in enumerate(view.facts.scopes) if n and view.qualified(n) == qualified][which]


def uses(project: Project, path: str, qualified: str, bound: str = "", which: int = 0) -> list[str]:
    """Who runs a function, as `path:line`, with what is not a call in brackets; `bound` is the class of its self."""
    view = project.program.view(path)
    scope = function(project, path, qualified, which)
    cls = function(project, path, bound) if bound else view.class_of(scope)
    found = project.callers.uses(State(path, scope, v.ClassValue(path, cls) if cls > 0 else None))
    ordered = sorted(found, key=lambda use: (use.path, use.span.line))
    return [f"{use.path}:{use.span.line}" + (f" ({use.kind})" if use.kind != "called" else "") for use in ordered]
