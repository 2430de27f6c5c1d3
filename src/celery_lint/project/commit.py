"""The fix that makes a dispatch wait for the commit, in the words the project can use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import structs

from celery_lint.finding import (
    AddImport,
    Applicability,
    Fix,
    Operation,
    RemoveKeyword,
    RenameMethod,
    WrapInOnCommit,
)
from celery_lint.project.values import SOME_DATABASE
from celery_lint.project.view import FileView

if TYPE_CHECKING:
    from celery_lint.project.project import Dispatch

__all__ = ["wait_for_commit", "wait_instead_of_countdown"]

FIRST_WITH_ON_COMMIT = (5, 4)
ON_COMMIT_METHOD = {"delay": "delay_on_commit", "apply_async": "apply_async_on_commit"}


def wait_for_commit(dispatch: Dispatch, using: str | None = None) -> Fix | None:
    """`task.delay(x)` → `task.delay_on_commit(x)` where the task certainly has it, else on_commit with a partial.

    None when the result of the dispatch is used (there is none before the commit), when what is sent is not a plain
    method call, or when the database is not known: another one's commit may never come, or be over.
    """
    if dispatch.result_is_used or dispatch.sending.via or using == SOME_DATABASE:
        return None
    tried = in_try(dispatch)
    title = "send it when the transaction commits"
    if tried:
        title += ", where the handler around it does not see it fail"
    project = dispatch.project
    method = ON_COMMIT_METHOD.get(dispatch.sending.method)
    version = project.celery_version
    in_async = dispatch.view.facts.scopes[dispatch.call.scope].is_async
    if in_async:
        return None
    if (
        method
        and using is None
        and dispatch.sending.receiver == "task"
        and version is not None
        and version >= FIRST_WITH_ON_COMMIT
        and dispatch.task.django_base
        and project.has_django_app
    ):
        return Fix(
            title,
            Applicability.UNSAFE if tried else Applicability.SAFE,
            (RenameMethod(dispatch.location, method),),
        )
    view = dispatch.view
    on_commit, imports = spelled(view, "django.db", "transaction", "on_commit")
    partial, more = spelled(view, "functools", None, "partial")
    if dispatch.call.args or dispatch.call.keywords:
        imports = (*imports, *more)
    if dispatch.is_commit_method:
        imports = (RenameMethod(dispatch.location, dispatch.sending.method.removesuffix("_on_commit")), *imports)
    alias = None if using is None else f'"{using}"'
    return Fix(
        title,
        Applicability.UNSAFE,
        (WrapInOnCommit(dispatch.location, on_commit, partial, alias), *imports),
    )


def wait_instead_of_countdown(dispatch: Dispatch) -> Fix | None:
    """`task.apply_async((x,), countdown=5)` → `task.apply_async_on_commit((x,))`, as soon as the row is there."""
    fix = wait_for_commit(dispatch)
    if fix is None:
        return None
    operations = (*fix.operations, RemoveKeyword(dispatch.location, "countdown"))
    return structs.replace(fix, applicability=Applicability.UNSAFE, operations=operations)


def in_try(dispatch: Dispatch) -> bool:
    """Whether a handler around the dispatch would no longer see what sending raises: it is inside the transaction."""
    around = dispatch.around
    for _, record in dispatch.view.scope_frames(dispatch.call.frame):
        if record.kind == "try":
            return True
        opens = record.kind == "with" and around.where is not None and record.span.line == around.where.line
        if opens:
            around = dispatch.project.transactions.around(dispatch.path, record.parent, record.order)
            if around.kind != "open":
                return False
    return False


def spelled(view: FileView, package: str, module: str | None, name: str) -> tuple[str, tuple[Operation, ...]]:
    """How a file writes `package.module.name`, and the import it needs for that."""
    full = f"{package}.{module}" if module else package
    for item in view.facts.imports:
        if item.scope != 0 or item.level:
            continue
        if item.module == full and item.name == name:
            return item.alias, ()
        if module and item.module == package and item.name == module:
            return f"{item.alias}.{name}", ()
        if item.name is None and item.module == full:
            return f"{item.alias or item.module}.{name}", ()
    if module:
        return f"{module}.{name}", (AddImport(view.path, package, module),)
    return name, (AddImport(view.path, package, name),)
