"""Fixes of settings, at the places that give them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import structs

from celery_lint.facts import schema as s
from celery_lint.finding import AddItem, AppendText, Applicability, Fix, Location, Rename, SetKeyword, SetValue
from celery_lint.project.values import External, Instance

if TYPE_CHECKING:
    from celery_lint.project.configuration.configuration import Environment
    from celery_lint.project.configuration.data import Datum
    from celery_lint.project.project import Project

__all__ = ["added", "cast", "renamed", "renamed_setting", "replaced", "together", "with_item"]

CASTS = {
    "int": "int({})",
    "float": "float({})",
    "bool": 'str({}).lower() in ("1", "true", "yes", "on")',
}


def location_of(project: Project, datum: Datum) -> Location:
    """The name, key or keyword that the value is given to."""
    return project.program.location(datum.path, datum.span)


def renamed_setting(environment: Environment, datum: Datum, setting: str, name: str) -> Fix | None:
    """The setting under the name that is meant; None where that one is given too, and both would then be one."""
    if environment.setting(setting).options:
        return None
    return renamed(environment.configuration.project, datum, name, Applicability.UNSAFE)


def renamed(project: Project, datum: Datum, name: str, applicability: Applicability) -> Fix:
    """What is written at a place under another name."""
    return Fix(f"Write `{name}`", applicability, (Rename(location_of(project, datum), name),))


def replaced(project: Project, datum: Datum, text: str, title: str) -> Fix:
    """Another value for a setting."""
    return Fix(title, Applicability.UNSAFE, (SetValue(location_of(project, datum), text),))


def cast(project: Project, datum: Datum, kind: str) -> Fix | None:
    """The text of an environment variable as a "bool", "int" or "float"; None where a number may be missing."""
    kind = "int" if kind == "float" and isinstance(datum.number, int) else kind
    title = f"Convert it to {'a boolean' if kind == 'bool' else 'a number'}"
    call = decouple_call(project, datum)
    if kind in CASTS and call is not None:
        location = project.program.location(datum.path, call.span)
        return Fix(title, Applicability.UNSAFE, (SetKeyword(location, "cast", kind),))
    if kind not in CASTS or (kind != "bool" and not datum.is_known):
        return None
    return replaced(project, datum, CASTS[kind], title)


def decouple_call(project: Project, datum: Datum) -> s.Call | None:
    """The call of decouple that gives the value; it can convert by itself."""
    view = project.program.view(datum.path)
    call = next((view.call(each.value) for each in view.facts.bindings if each.span == datum.span), None)
    callee = project.evaluator.value(call.func, project.program.place_of_call(view.path, call)) if call else None
    name = callee.cls if isinstance(callee, Instance) else callee
    return call if isinstance(name, External) and name.name.startswith("decouple.") else None


def added(project: Project, datum: Datum, setting: str, other: str, value: str, title: str) -> Fix | None:
    """Another setting on a line of its own below the one that the datum is of, spelled like it; None where that is
    no plain assignment."""
    location, statement = location_of(project, datum), project.program.location(datum.path, datum.statement)
    if (location.line, location.column) != (statement.line, statement.column):
        return None
    written = project.text(location)
    for was, to in ((setting, other), (setting.upper(), other.upper())):
        if was in written:
            text = f"{written.replace(was, to)} = {value}"
            return Fix(title, Applicability.UNSAFE, (AppendText(datum.path, text, statement),))
    return None


def together(fixes: Sequence[Fix | None]) -> Fix | None:
    """Fixes as one, for what is said once of several places; None where one of them cannot be made."""
    whole = [fix for fix in fixes if fix is not None]
    if not whole or len(whole) != len(fixes):
        return None
    return structs.replace(whole[0], operations=tuple(operation for fix in whole for operation in fix.operations))


def with_item(project: Project, datum: Datum, item: str, title: str) -> Fix:
    """One more in the list that a setting is given."""
    return Fix(title, Applicability.UNSAFE, (AddItem(location_of(project, datum), item),))
