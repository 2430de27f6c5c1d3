"""What a caller of a task may pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from celery_lint.facts import schema as s
from celery_lint.project.bodies.wrapping import wrapping_of
from celery_lint.project.values import ClassValue, Literal

if TYPE_CHECKING:
    from celery_lint.project.tasks import Task

__all__ = ["TaskSignature", "signature_of"]


class TaskSignature(Struct, frozen=True):
    """The parameters that a message fills: those of the function or of `run`, without the task itself.

    `is_checked` says whether Celery compares arguments with them when the task is sent; what does not fit then raises
    TypeError at once, otherwise on the worker. None when it cannot be told.
    """

    parameters: tuple[s.Parameter, ...]
    is_checked: bool | None

    @property
    def positional(self) -> tuple[s.Parameter, ...]:
        return tuple(p for p in self.parameters if p.kind in ("positional-only", "positional"))

    @property
    def required(self) -> tuple[s.Parameter, ...]:
        return tuple(p for p in self.parameters if p.default is None and p.kind not in ("variadic", "keywords"))

    @property
    def takes_more_positional(self) -> bool:
        """Whether there is an `*args`."""
        return any(p.kind == "variadic" for p in self.parameters)

    @property
    def takes_more_keywords(self) -> bool:
        """Whether there is a `**kwargs`."""
        return any(p.kind == "keywords" for p in self.parameters)


def signature_of(task: Task) -> TaskSignature | None:
    """None when the task is defined elsewhere, or something between caller and function may change what is passed."""
    function = task.function
    if function is None or function.flavour == "class" or task.changes_arguments or not hands_on_call(task):
        return None
    is_bound = function.flavour != "static" if task.is_class else task.is_bound
    wrapping = wrapping_of(task.evaluator, function)
    if is_bound is None or not wrapping.hands_on:
        return None
    parameters = task.program.view(function.path).facts.scopes[function.scope].parameters
    if is_bound and parameters and parameters[0].kind in ("positional-only", "positional"):
        parameters = parameters[1:]
    return TaskSignature(parameters, is_checked(task, has_wrapper=wrapping.is_wrapped))


def is_checked(task: Task, *, has_wrapper: bool) -> bool | None:
    """Celery reads the parameters of what it is given, so of `*args, **kwargs` where that is a wrapper."""
    typing = task.inherited_option("typing")
    if typing is not None:
        return None if not isinstance(typing, Literal) or typing.value is None else bool(typing.value)
    return False if has_wrapper else True if task.has_known_options else None


def hands_on_call(task: Task) -> bool:
    """Whether the base's own `__call__`, if there is one, takes whatever it gets. Another package's may collect calls
    and hand on a list of them."""
    if not task.has_known_bases:
        return False
    if not isinstance(task.base, ClassValue):
        return True
    function = task.evaluator.classes.method(task.base, "__call__")
    if function is None:
        return True
    parameters = task.program.view(function.path).facts.scopes[function.scope].parameters
    return [p.kind for p in parameters[1:]] == ["variadic", "keywords"]
