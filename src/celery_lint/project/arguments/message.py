"""The messages of a project: calls whose arguments become a task's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

from msgspec import Struct, structs

from celery_lint.facts import schema as s
from celery_lint.finding import (
    Applicability,
    Fix,
    Nomination,
    RenameKeyword,
    RenameMethod,
    ReplaceText,
    Severity,
    Step,
)
from celery_lint.knowledge import execution
from celery_lint.project.arguments.binding import COUNTED, Mismatch, mismatch_of
from celery_lint.project.arguments.given import Given, Option, Sent, displayed
from celery_lint.project.arguments.keys import by_key, by_keys
from celery_lint.project.arguments.options import (
    BadValue,
    Misspelling,
    bad_containers,
    bad_links,
    bad_values,
    local_now,
    misspelt,
    naive_times,
)
from celery_lint.project.arguments.passed import passed
from celery_lint.project.arguments.payload import is_contents, is_json, refused
from celery_lint.project.arguments.retyped import Retyped, first_retyped
from celery_lint.project.arguments.secrecy import first_secret
from celery_lint.project.arguments.snapshots import first_snapshot
from celery_lint.project.commit import spelled
from celery_lint.project.program import Place
from celery_lint.project.site import CallSite
from celery_lint.project.tasks import Task
from celery_lint.project.values import (
    Instance,
    Literal,
    QuerySet,
    Rows,
    TupleValue,
    Value,
)

__all__ = ["Argument", "Message"]

SENDING = (*COUNTED, "canvas")
"""Forms of messages whose arguments are sent as they are."""
METHODS = {"delay": "apply_async", "delay_on_commit": "apply_async_on_commit"}


class Argument(Struct, frozen=True):
    """One argument of a message: how it is written, which model it holds, and the fix that sends keys for it."""

    written: str
    model: str
    fix: Fix | None = None
    trace: tuple[Step, ...] = ()


class Message(CallSite, frozen=True, dict=True):
    """A call whose arguments become a task's: `delay`, `apply_async`, `.s()`, a project wrapper.

    `form` is "call" for one that sends, "name" for one that sends by name, "partial" for a signature, which may be
    given more arguments later, "immutable" for one that may not, "canvas" and "retry" for those, "set" where a
    signature is only given options, and "wrapper" where a function of the project stands between.
    """

    task: Task
    given: Given
    form: str
    is_certain: bool = True
    """Whether no other task can be meant."""

    @cached_property
    def options_reach_celery(self) -> bool:
        """Whether no function of the project, and no class of another package, stands between."""
        return self.form != "wrapper" and self.task.is_sent_by_celery

    def value(self, item: Sent | Option) -> Value:
        place = item.place if isinstance(item, Sent) else self.place
        return self.project.evaluator.value(item.expr, place)

    @cached_property
    def _values(self) -> list[tuple[s.Expr, Value]]:
        evaluator = self.project.evaluator
        found = [
            (expr, evaluator.value(expr, here))
            for item in self.given.sent
            for expr, here in self._flat((item.expr,), item.place, 1)
        ]
        for container in self.given.containers:
            shown, _ = displayed(self.project, container.expr, self.place)
            if shown is container.expr and isinstance(shown, s.Name):
                value = self.value(container)
                if isinstance(value, QuerySet | Rows | TupleValue):
                    found.append((shown, value))
        return found

    def _flat(self, exprs: tuple[s.Expr, ...], place: Place, depth: int) -> Iterator[tuple[s.Expr, Place]]:
        """The arguments, and what stands inside displays among them, or in variables that hold a display."""
        for expr in exprs:
            shown, there = displayed(self.project, expr, place)
            if isinstance(shown, s.Display) and depth < 4:
                yield from self._flat(shown.items, there, depth + 1)
            elif isinstance(shown, s.Mapping) and depth < 4:
                yield from self._flat(shown.values, there, depth + 1)
            elif not isinstance(expr, s.Spread):
                yield expr, place

    @cached_property
    def first_instance(self) -> Argument | None:
        """The first argument that certainly is a model instance."""
        if self.task.changes_arguments:
            return None
        name = self.project.evaluator.classes.name
        for expr, value in self._values:
            if self.project.evaluator.is_model_instance(value):
                assert isinstance(value, Instance)
                return Argument(self.written(expr), name(value.cls), by_key(self, expr))
        for expr, value in self._values:
            found = passed(self.project, value)
            if found is not None:
                return Argument(self.written(expr), name(found.instance.cls), by_key(self, expr), found.steps)
        return None

    @cached_property
    def first_refused(self) -> tuple[str, str] | None:
        """The first argument that JSON certainly cannot carry, and what it is; models and querysets aside."""
        if self.form not in SENDING or not is_json(self):
            return None
        for item in self.given.sent:
            for expr, place in ((item.expr, item.place), *self._flat((item.expr,), item.place, 1)):
                found = refused(self.project, expr, place)
                if found:
                    return self.written(expr), found
        return None

    @cached_property
    def first_contents(self) -> str:
        """The first argument that is all that a file holds."""
        if self.form not in SENDING:
            return ""
        found = (item for item in self.given.sent if is_contents(self.project, item))
        first = next(found, None)
        return self.written(first.expr) if first is not None else ""

    @cached_property
    def first_secret(self) -> str:
        """The first argument that by its name nobody else may read."""
        return first_secret(self)

    @cached_property
    def first_retyped(self) -> Retyped | None:
        """The first argument that arrives as something else than the task takes it for."""
        return first_retyped(self)

    @cached_property
    def first_snapshot(self) -> str:
        """The first argument that is a field of a row whose key is sent as well."""
        return first_snapshot(self)

    @cached_property
    def first_queryset(self) -> Argument | None:
        """The first argument that certainly is a queryset, or rows of model instances.

        Pickle makes plain values of `values()` and `values_list()`, so that there is nothing to say of these.
        """
        if self.task.changes_arguments:
            return None
        for expr, value in self._values:
            if isinstance(value, QuerySet):
                if value.rows == "values" and any("pickle" in name for name in self.project.named_serializers):
                    continue
                return Argument(
                    self.written(expr), self.project.evaluator.classes.name(value.model), by_keys(self, expr)
                )
            element = value.element if isinstance(value, Rows) else None
            if isinstance(value, TupleValue):
                element = next((i for i in value.items if self.project.evaluator.is_model_instance(i)), None)
            if isinstance(element, Instance) and self.project.evaluator.is_model_instance(element):
                return Argument(self.written(expr), self.project.evaluator.classes.name(element.cls))
        return None

    def written(self, expr: s.Expr) -> str:
        if isinstance(expr, s.Name):
            return expr.id
        if isinstance(expr, s.Attribute):
            return f"{self.written(expr.base)}.{expr.name}"
        if isinstance(expr, s.CallRef):
            return f"{self.written(self.view.facts.calls[expr.index].func)}(…)"
        if isinstance(expr, s.Item):
            return f"{self.written(expr.base)}[…]"
        return "…"

    def nominate(
        self,
        rule: str,
        values: Mapping[str, str] | None = None,
        *,
        label: str = "",
        trace: tuple[Step, ...] = (),
        fix: Fix | None = None,
        severity: Severity | None = None,
    ) -> Nomination:
        """A nomination at the call; `{task}` is filled in."""
        values = {"task": self.task.name, **(values or {})}
        return super().nominate(rule, values, label=label, trace=trace, fix=fix, severity=severity)

    @cached_property
    def is_immutable(self) -> bool:
        """Whether a signature keeps the arguments it has."""
        option = self.given.option("immutable")
        return self.form == "immutable" or (option is not None and self.value(option) == Literal("bool", True))

    @cached_property
    def gets(self) -> str:
        """What Celery puts before the arguments of a signature: "nothing", "result", "results", "" for unknown."""
        return self.project.canvases.gets(self.path, self.number)

    @cached_property
    def options_as_arguments(self) -> tuple[str, ...]:
        """Execution options among the task's arguments that it has no parameter for."""
        signature = self.task.signature if self.is_certain and self.form in COUNTED else None
        if signature is None or signature.takes_more_keywords or not self.given.is_direct:
            return ()
        known = {parameter.name for parameter in signature.parameters}
        names = [item.keyword or "" for item in self.given.keywords]
        return tuple(name for name in names if name in execution.ONLY_OPTIONS and name not in known)

    @cached_property
    def mismatch(self) -> Mismatch | None:
        """What does not fit the task's parameters, for certain, and has no other mistake for its reason."""
        other = self.options_as_arguments or self.bad_containers or self.misspelt_options
        return None if other else mismatch_of(self)

    @cached_property
    def misspelt_options(self) -> tuple[Misspelling, ...]:
        return tuple(misspelt(self))

    @cached_property
    def bad_options(self) -> tuple[BadValue, ...]:
        """Options with values that Celery cannot use."""
        return tuple(bad_values(self))

    @cached_property
    def bad_links(self) -> tuple[BadValue, ...]:
        """`link` and `link_error` that are no signature."""
        return tuple(bad_links(self))

    @cached_property
    def bad_containers(self) -> tuple[BadValue, ...]:
        """`args` that are no list or tuple, and `kwargs` that are no dict."""
        return tuple(bad_containers(self))

    @cached_property
    def naive_times(self) -> tuple[BadValue, ...]:
        """Options that are a local time without a zone."""
        return tuple(naive_times(self))

    def nominate_option(self, rule: str, bad: BadValue, title: str = "", *, safe: bool = True) -> Nomination:
        """A nomination for an option; the fix, if there is one, puts what it should be in its place."""
        option = bad.option
        fix = None
        if title and option.span is not None and (bad.instead or bad.rename):
            location = self.project.program.location(self.path, option.span)
            written = self.project.text(location).partition("=")[2].strip()
            text = f"{bad.rename or option.name}={replaced(option.expr, written, bad.instead)}"
            fix = Fix(title, Applicability.SAFE if safe else Applicability.UNSAFE, (ReplaceText(location, text),))
        values = {"option": option.name, "found": bad.found, "consequence": bad.consequence}
        return self.nominate(rule, values, label=f"`{option.name}` is {bad.found}", fix=fix)

    def nominate_time(self, rule: str, bad: BadValue) -> Nomination:
        """A nomination for a local time, with the fix that takes Django's for it."""
        found = self.nominate_option(rule, bad)
        call = local_now(self, bad.option.expr)
        if call is None or self.project.clock.is_without_zones:
            return found
        now, imports = spelled(self.view, "django.utils", "timezone", "now")
        text = ReplaceText(self.project.program.location(self.path, call.span), f"{now}()")
        return structs.replace(found, fix=Fix("take the time with its zone", Applicability.SAFE, (text, *imports)))

    def nominate_arguments(self, rule: str, mismatch: Mismatch) -> Nomination:
        """A nomination for arguments that do not fit, with the task's definition as its trace."""
        location = self.task.location
        trace = (Step(location, "task defined here", aside=True),) if location else ()
        values = {"wrong": mismatch.wrong, "consequence": mismatch.consequence}
        return self.nominate(rule, values, label=mismatch.wrong, trace=trace)

    def nominate_link(self, rule: str, mismatch: Mismatch) -> Nomination:
        """A nomination for a link of a chain, with the fix that changes `.s()` to `.si()` or back."""
        found = self.nominate_arguments(rule, mismatch)
        to = {"s": "si", "si": "s"}.get(self.method)
        what = "the result before it" if self.gets == "result" else "the results of the group before it"
        does = "takes nothing from" if self.is_immutable else "gets"
        values = {**found.values, "gets": f"{does} {what}"}
        if to is None:
            return structs.replace(found, values=values)
        fix = Fix(f"write `.{to}(…)`", Applicability.UNSAFE, (RenameMethod(self.location, to),))
        return structs.replace(found, values=values, fix=fix)

    def nominate_execution(self, rule: str) -> Nomination:
        """A nomination for options given as arguments, with the fix that gives them to `apply_async`."""
        names = self.options_as_arguments
        written = " and ".join(f"`{name}`" for name in names)
        verb = "is an option" if len(names) == 1 else "are options"
        return self.nominate(
            rule, {"options": f"{written} {verb}"}, label=f"{written} goes to the task", fix=self._moved
        )

    @property
    def _moved(self) -> Fix | None:
        """`task.delay(1, countdown=5)` → `task.apply_async((1,), countdown=5)`."""
        call, text = self.call, self.project.text(self.location)
        if not isinstance(call.func, s.Attribute) or not isinstance(call.func.base, s.Name | s.Attribute):
            return None
        method = METHODS.get(call.func.name)
        if method is None or not self.given.is_complete:
            return None
        spans = [self.project.program.location(self.path, keyword.span) for keyword in call.keywords]
        opening = text.find("(")
        first = structs.replace(self.location, end_line=spans[0].line, end_column=spans[0].column)
        positional = self.project.text(first)[opening + 1 :].strip().rstrip(",").rstrip()
        kept = [self.project.text(span) for k, span in zip(call.keywords, spans, strict=True) if not self._moves(k)]
        moved = [self.project.text(span) for k, span in zip(call.keywords, spans, strict=True) if self._moves(k)]
        given = []
        if positional:
            given.append(f"({positional}{',' if len(call.args) == 1 else ''})")
        if kept:
            given.append(f"kwargs=dict({', '.join(kept)})")
        function = text[:opening].rpartition(".")[0]
        changed = f"{function}.{method}({', '.join([*given, *moved])})"
        return Fix("give the options to apply_async", Applicability.UNSAFE, (ReplaceText(self.location, changed),))

    def _moves(self, keyword: s.Keyword) -> bool:
        return keyword.name in self.options_as_arguments

    def nominate_misspelling(self, rule: str, misspelling: Misspelling) -> Nomination:
        """A nomination for a misspelt option, with the fix that renames it."""
        name, meant = misspelling.option.name, misspelling.meant
        fix = Fix(f"write `{meant}`", Applicability.SAFE, (RenameKeyword(self.location, name, meant),))
        return self.nominate(rule, {"option": name, "meant": meant}, label=f"`{name}` is no option", fix=fix)

    def nominate_model(self, rule: str, argument: Argument) -> Nomination:
        """A nomination for an argument that holds rows of a model."""
        model = "model" if argument.model == "Model" else argument.model
        values = {"argument": argument.written, "model": model, "consequence": self.project.instance_consequence}
        return self.nominate(rule, values, label=f"{argument.written} is sent", trace=argument.trace, fix=argument.fix)


def replaced(expr: s.Expr, written: str, pattern: str) -> str:
    """The pattern around what is written; `(x)` and `(x,)` do not become `((x),)`."""
    if not pattern:
        return written
    if pattern == "({},)" and written.startswith("(") and isinstance(expr, s.Name | s.Attribute | s.Constant):
        return f"{written[:-1].rstrip()},)"
    if pattern.startswith("{}.") and isinstance(expr, s.Operation | s.Choice) and not written.startswith("("):
        written = f"({written})"
    return pattern.format(written)
