"""Tasks that belong to one Celery app although others install the package they are in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from celery_lint.facts import schema as s
from celery_lint.finding import AddImport, Applicability, Fix, Location, Nomination, ReplaceText
from celery_lint.project.program import Place

if TYPE_CHECKING:
    from celery_lint.project.bodies.definition import TaskDefinition
    from celery_lint.project.project import Project

__all__ = ["BoundTask", "bound_task"]


class BoundTask(Struct, frozen=True):
    """A task that `@app.task` makes, with the module that the app is imported from."""

    definition: TaskDefinition
    decorator: Location
    written: str
    module: str

    def nominate(self, rule: str) -> Nomination:
        at, path = self.decorator, self.decorator.path
        name = ReplaceText(Location(path, at.line, at.column, at.line, at.column + len(self.written)), "shared_task")
        operations = (name, AddImport(path, "celery", "shared_task"))
        fix = Fix("make it a task of whatever app runs", Applicability.UNSAFE, operations)
        values = {"task": self.definition.scope.name, "module": self.module}
        return Nomination(rule, at, at, values, expect="decorator", fix=fix)


def bound_task(definition: TaskDefinition) -> BoundTask | None:
    """That of a definition in the distribution's own package whose app is imported from another package."""
    project, maker, path = definition.project, definition.maker, definition.task.path
    packages = project.around.distributed_packages
    package = next((part for part in path.split("/")[:-1] if part in packages), "")
    if maker is None or not package:
        return None
    call = definition.view.call(maker.expr)
    func = call.func if call is not None else maker.expr
    if not isinstance(func, s.Attribute) or func.name != "task" or not isinstance(func.base, s.Name):
        return None
    module = imported_from(project, func.base.id, Place(path, 0, 0, definition.scope.order))
    if not module or module.partition(".")[0] == package:
        return None
    return BoundTask(definition, maker.location, f"{func.base.id}.task", module)


def imported_from(project: Project, name: str, place: Place) -> str:
    """The module that a name certainly is imported from, by its absolute name; "" for another name."""
    found = project.evaluator.names.entries(name, place)
    imported = found[2][0].imported if found is not None and len(found[2]) == 1 else None
    return imported.module if imported is not None and imported.name and imported.level == 0 else ""
