"""Model instances that a helper is given by all who call it, and that it sends on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from celery_lint.facts import schema as s
from celery_lint.finding import Step
from celery_lint.project.bodies.ways import state_of
from celery_lint.project.signals import SEND
from celery_lint.project.uses import Use
from celery_lint.project.values import (
    UNKNOWN,
    ClassValue,
    ExternalMethod,
    Instance,
    ParameterValue,
    Unknown,
    Value,
    behind,
)

if TYPE_CHECKING:
    from celery_lint.project.project import Project

__all__ = ["Passed", "passed"]

LOOKS = frozenset({"hasattr", "isinstance", "issubclass", "type"})
"""Functions that a helper asks which of several things it was given."""
USER = "user"
DEEPEST = 2
"""How many helpers an instance may be handed through."""


class Passed(Struct, frozen=True):
    """An instance, and the places at which it is handed on, the outermost first."""

    instance: Instance
    steps: tuple[Step, ...]


def passed(project: Project, value: Value, depth: int = DEEPEST) -> Passed | None:
    """What a parameter holds that is named like a model; None unless somebody certainly gives it an instance, and
    nobody anything else."""
    if not isinstance(value, ParameterValue) or not names_model(project, value.name) or depth == 0:
        return None
    view = project.program.view(value.path)
    record = view.facts.scopes[value.scope]
    parameter = next(each for each in record.parameters if each.name == value.name)
    if record.kind != "function" or parameter.annotation is not None:
        return None
    given_to = (view.facts.calls[number] for number, _ in view.arguments_by_name.get(value.name, ()))
    own = (call for call in given_to if view.function_of(call.scope) == value.scope)
    if any(isinstance(call.func, s.Name) and call.func.id in LOOKS for call in own):
        return None
    found: list[Passed] = []
    for use in project.callers.uses(state_of(project, value.path, value.scope, None, frozenset())):
        held = given(project, value, use)
        further = passed(project, held, depth - 1)
        step = Step(project.program.location(use.path, use.span), "called here")
        if further is not None:
            found.append(Passed(further.instance, (*further.steps, step)))
        elif isinstance(held, Instance) and project.evaluator.is_model_instance(held):
            found.append(Passed(held, (step,)))
        elif not isinstance(held, Unknown | ParameterValue):
            return None
    return found[0] if found else None


def names_model(project: Project, name: str) -> bool:
    """Whether a parameter has the name of a model of the project, or is a user."""
    words = name.split("_")
    title = "".join(word[:1].upper() + word[1:] for word in words)
    return words[-1] == USER or isinstance(project.evaluator.results.model_named(title), ClassValue)


def given(project: Project, parameter: ParameterValue, use: Use) -> Value:
    """What one place gives for a parameter, in a call of its function or where a signal is sent."""
    if use.call < 0 or use.inside is not None:
        return UNKNOWN
    view = project.program.view(use.path)
    call = view.facts.calls[use.call]
    place = project.program.place_of_call(use.path, call)
    callee = project.evaluator.value(call.func, place)
    function, shift = behind(callee)
    if function is not None and (function.path, function.scope) == (parameter.path, parameter.scope):
        parameters = project.program.view(parameter.path).facts.scopes[parameter.scope].parameters
        return project.evaluator.value(view.argument_for(call, parameters, parameter.name, shift), place)
    if isinstance(callee, ExternalMethod) and callee.name in SEND:
        return project.evaluator.value(view.argument(call, -1, parameter.name), place)
    return UNKNOWN
