"""Expressions of a configuration to data: literals, names, environment lookups, and what is computed from them."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from typing import Any

from msgspec import structs

from celery_lint.facts import schema as s
from celery_lint.project.configuration.data import (
    ANYTHING,
    Anything,
    Content,
    Datum,
    Duration,
    Either,
    Items,
    Made,
    Reference,
    Scalar,
    State,
    Table,
    Text,
)
from celery_lint.project.configuration.lookups import lookup
from celery_lint.project.configuration.namespaces import Namespaces
from celery_lint.project.evaluate import Evaluator
from celery_lint.project.program import Place, Program
from celery_lint.project.values import UNKNOWN, External, FunctionValue, ModuleValue, Value
from celery_lint.project.view import FileView, last_name

__all__ = ["Reader"]

DEEPEST = 60
OPERATORS: dict[str, Callable[[Any, Any], Any]] = {"+": operator.add, "-": operator.sub, "*": operator.mul}
COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "Eq": operator.eq,
    "NotEq": operator.ne,
    "Lt": operator.lt,
    "LtE": operator.le,
    "Gt": operator.gt,
    "GtE": operator.ge,
}
UNITS = {"weeks": 604800, "days": 86400, "hours": 3600, "minutes": 60, "seconds": 1, "milliseconds": 0.001}
UNIT_ORDER = ("days", "seconds", "microseconds", "milliseconds", "minutes", "hours", "weeks")
CASTS = frozenset({"bool", "int", "float", "str", "strtobool"})
TRUE_WORDS = frozenset({"1", "true", "yes", "on", "y", "t"})


class Reader:
    """Reads expressions where they stand. An attribute of `django.conf.settings` stays a reference of that name."""

    def __init__(self, program: Program, evaluator: Evaluator) -> None:
        self.program = program
        self.evaluator = evaluator
        self.namespaces = Namespaces(self)
        self._depth = 0

    def read(self, expr: s.Expr | None, place: Place, span: s.Span, statement: s.Span) -> Datum:
        """The value of an expression; unknown when it is too deep or leads back to itself."""
        self._depth += 1
        try:
            if self._depth > DEEPEST:
                return Datum(ANYTHING, State.UNKNOWN, place.path, span, statement)
            return self._read(expr, place, span, statement)
        finally:
            self._depth -= 1

    def _read(self, expr: s.Expr | None, place: Place, span: s.Span, statement: s.Span) -> Datum:
        def made(content: Content, state: State = State.KNOWN) -> Datum:
            return Datum(content, state, place.path, span, statement)

        def inner(part: s.Expr | None, where: s.Span = span) -> Datum:
            return self.read(part, place, where, statement)

        match expr:
            case s.Constant(kind, value):
                known = value is not None or kind == "NoneType"
                return made(Scalar(value) if known else ANYTHING, State.KNOWN if known else State.UNKNOWN)
            case s.Display(kind, parts):
                return self._display(made, inner, kind, parts)
            case s.Mapping(keys, values, spans):
                return self._mapping(made, inner, keys, values, spans)
            case s.Name():
                return self._named(expr, place, made)
            case s.Attribute():
                return self._attribute(expr, place, made)
            case s.CallRef():
                return self._call(expr, place, statement)
            case s.Choice(kind, options):
                return self._choice(made, kind, [inner(option) for option in options])
            case s.Joined(parts):
                return self._joined(made, [inner(part) for part in parts])
            case s.Operation(sign, left, right):
                return self._operation(made, sign, inner(left), inner(right))
            case s.Negation(value):
                denied = inner(value)
                truth = denied.truth
                if truth is None:
                    return made(ANYTHING, State.UNKNOWN)
                return made(Scalar(not truth), denied.state)
            case s.Comparison(operators, operands):
                return self._comparison(made, operators, [inner(operand) for operand in operands])
            case s.Item(base, index):
                return self._item(made, inner(base), inner(index))
        return made(ANYTHING, State.UNKNOWN)

    # Literals and what is made of them

    def _display(
        self, made: Callable[..., Datum], inner: Callable[..., Datum], kind: str, parts: tuple[s.Expr, ...]
    ) -> Datum:
        items: list[Datum] = []
        complete = True
        for part in parts:
            datum = inner(part.value if isinstance(part, s.Spread) else part)
            if isinstance(part, s.Spread):
                items += datum.items
                complete = complete and datum.is_complete
            else:
                items.append(datum)
        return made(Items(kind, tuple(items), complete))

    def _mapping(
        self,
        made: Callable[..., Datum],
        inner: Callable[..., Datum],
        keys: tuple[s.Expr | None, ...],
        values: tuple[s.Expr, ...],
        spans: tuple[s.Span, ...],
    ) -> Datum:
        entries: list[tuple[Datum, Datum]] = []
        complete = True
        for key, value, where in zip(keys, values, spans, strict=True):
            datum = inner(value, where)
            if key is None:
                entries += datum.entries
                complete = complete and datum.is_complete
            else:
                entries.append((inner(key, where), datum))
        return made(Table(tuple(entries), complete))

    def _choice(self, made: Callable[..., Datum], kind: str, options: list[Datum]) -> Datum:
        """`os.environ.get("X") or "y"` has a default; of other choices each may be."""
        if kind == "or":
            for number, option in enumerate(options):
                last = number == len(options) - 1
                if option.variable and option.state is State.UNKNOWN and not last:
                    chosen = options[number + 1]
                    state = State.DEFAULT if chosen.is_known else State.UNKNOWN
                    return structs.replace(chosen, state=state, variable=option.variable, cast=option.cast)
                if option.truth or (option.is_known and last):
                    return option
                if option.truth is None:
                    break
        if kind == "and":
            return options[-1] if all(option.truth for option in options[:-1]) else made(ANYTHING, State.UNKNOWN)
        return either(made, options)

    def _joined(self, made: Callable[..., Datum], parts: list[Datum]) -> Datum:
        text = ""
        for part in parts:
            scalar = part.content.value if isinstance(part.content, Scalar) else None
            if scalar is None or not part.is_known:
                return made(Text(text + part.prefix), State.UNKNOWN)
            text += str(scalar)
        return made(Scalar(text), weakest(parts))

    def _operation(self, made: Callable[..., Datum], sign: str, left: Datum, right: Datum) -> Datum:
        one, other = left.content, right.content
        state = weakest((left, right))
        if sign == "+" and isinstance(one, Items) and isinstance(other, Items):
            return made(Items(one.kind, (*one.items, *other.items), one.complete and other.complete), state)
        if sign == "+" and isinstance(one, Items):
            return made(Items(one.kind, one.items, False), State.UNKNOWN)
        if sign == "|" and isinstance(one, Table) and isinstance(other, Table):
            return made(Table((*one.entries, *other.entries), one.complete and other.complete), state)
        if sign == "%" and left.text is not None:
            return made(Text(left.text.partition("%")[0]), State.UNKNOWN)
        if sign == "+" and (left.type == "string" or right.type == "string"):
            return self._joined(made, [left, right])
        if sign in OPERATORS and left.number is not None and right.number is not None:
            result = OPERATORS[sign](left.number, right.number)
            timed = isinstance(one, Duration) or isinstance(other, Duration)
            return made(Duration(result) if timed else Scalar(result), state)
        return made(ANYTHING, State.UNKNOWN)

    def _comparison(self, made: Callable[..., Datum], operators: tuple[str, ...], operands: list[Datum]) -> Datum:
        state = weakest(operands)
        if len(operands) == 2 and state is not State.UNKNOWN:
            left, right = operands
            sign = operators[0]
            if sign in COMPARISONS and isinstance(left.content, Scalar) and isinstance(right.content, Scalar):
                try:
                    return made(Scalar(bool(COMPARISONS[sign](left.content.value, right.content.value))), state)
                except TypeError:
                    return made(ANYTHING, State.UNKNOWN)
            if sign in ("In", "NotIn") and isinstance(right.content, Items) and right.content.complete:
                inside = any(left.content == item.content for item in right.items)
                return made(Scalar(inside is (sign == "In")), state)
        return made(ANYTHING, State.UNKNOWN)

    def _item(self, made: Callable[..., Datum], base: Datum, index: Datum) -> Datum:
        if isinstance(base.content, Table) and index.text is not None:
            return base.content.get(index.text) or made(ANYTHING, State.UNKNOWN)
        if isinstance(base.content, Items) and base.content.complete and isinstance(index.content, Scalar):
            number = index.content.value
            if isinstance(number, int) and -len(base.items) <= number < len(base.items):
                return base.items[number]
        if isinstance(base.content, Reference) and base.content.value == External("os.environ") and index.text:
            return structs.replace(made(Text(), State.UNKNOWN), variable=index.text, cast="str")
        return made(ANYTHING, State.UNKNOWN)

    # Names

    def _named(self, expr: s.Name, place: Place, made: Callable[..., Datum]) -> Datum:
        options = self.namespaces.reaching(expr.id, place)
        if options:
            return either(made, options)
        return self._reference(expr, place, made)

    def _attribute(self, expr: s.Attribute, place: Place, made: Callable[..., Datum]) -> Datum:
        base = self.evaluator.value(expr.base, place)
        if isinstance(base, ModuleValue):
            options = self.namespaces.of_module(base.path).options(expr.name)
            if options:
                return either(made, options)
        return self._reference(expr, place, made)

    def _reference(self, expr: s.Expr, place: Place, made: Callable[..., Datum]) -> Datum:
        value: Value = self.evaluator.value(expr, place)
        if value == UNKNOWN:
            return made(ANYTHING, State.UNKNOWN)
        return made(Reference(value))

    # Calls

    def _call(self, expr: s.CallRef, place: Place, statement: s.Span) -> Datum:
        view = self.program.view(place.path)
        call = view.facts.calls[expr.index]
        here = self.program.place_of_call(place.path, call)

        def made(content: Content, state: State = State.KNOWN) -> Datum:
            return Datum(content, state, place.path, call.span, statement)

        found = lookup(self, call, here)
        content: Content
        if found is not None:
            default = found.default
            if default is None or default.state is State.UNKNOWN:
                content = Text() if found.cast == "str" else ANYTHING
                return structs.replace(made(content, State.UNKNOWN), variable=found.variable, cast=found.cast)
            content = default.content if found.cast == "str" else converted(found.cast, default)
            return structs.replace(made(content, State.DEFAULT), variable=found.variable, cast=found.cast)
        name = last_name(call.func)
        if name in CASTS and len(call.args) == 1:
            return self._cast(made, name, self.read(call.args[0], here, call.span, statement))
        if name == "timedelta":
            return self._timedelta(made, call, here, statement)
        if name == "dict" and isinstance(call.func, s.Name) and len(call.args) < 2:
            return self._dict(made, call, here, statement)
        if name in ("list", "tuple", "set") and isinstance(call.func, s.Name):
            return self._collection(made, name, call, here, statement)
        if name in ("lower", "upper", "strip", "rstrip", "lstrip") and isinstance(call.func, s.Attribute):
            base = self.read(call.func.base, here, call.span, statement)
            return self._method(name, base)
        if name == "format" and isinstance(call.func, s.Attribute):
            base = self.read(call.func.base, here, call.span, statement)
            return made(Text((base.text or base.prefix).partition("{")[0]), State.UNKNOWN)
        return self._other_call(expr, call, here, made, statement)

    def _other_call(
        self, expr: s.CallRef, call: s.Call, place: Place, made: Callable[..., Datum], statement: s.Span
    ) -> Datum:
        callee = self.evaluator.value(call.func, place)
        if isinstance(callee, FunctionValue):
            return self.returned(callee, made(ANYTHING, State.UNKNOWN))
        if not isinstance(callee, External):
            return made(ANYTHING, State.UNKNOWN)
        if callee.name == "os.path.join" or callee.name.startswith("pathlib."):
            return made(Text(), State.UNKNOWN)
        args = tuple(self.read(arg, place, call.span, statement) for arg in call.args)
        keywords = tuple(
            (keyword.name, self.read(keyword.value, place, keyword.span, statement))
            for keyword in call.keywords
            if keyword.name is not None
        )
        return made(Made(callee.name, args, keywords, expr.index))

    def returned(self, function: FunctionValue, fallback: Datum) -> Datum:
        """What a function of the project returns, where it has one return."""
        view = self.program.view(function.path)
        returns = [item for item in view.returns_by_scope.get(function.scope, ()) if item.kind != "raise"]
        if len(returns) != 1 or returns[0].kind != "return" or returns[0].value is None:
            return fallback
        only = returns[0]
        inside = Place(function.path, function.scope, only.frame, only.order)
        return self.read(only.value, inside, only.span, only.span)

    def _cast(self, made: Callable[..., Datum], cast: str, datum: Datum) -> Datum:
        cast = "bool" if cast == "strtobool" else cast
        if isinstance(datum.content, Either):
            return either(made, [self._cast(made, cast, option) for option in datum.options])
        if datum.state is State.UNKNOWN:
            content: Content = Text() if cast == "str" else ANYTHING
            return structs.replace(made(content, State.UNKNOWN), variable=datum.variable, cast=cast)
        return structs.replace(made(converted(cast, datum), datum.state), variable=datum.variable, cast=cast)

    def _timedelta(self, made: Callable[..., Datum], call: s.Call, place: Place, statement: s.Span) -> Datum:
        given = [(UNIT_ORDER[n], arg) for n, arg in enumerate(call.args[: len(UNIT_ORDER)])]
        given += [(keyword.name or "", keyword.value) for keyword in call.keywords]
        seconds = 0.0
        parts = []
        for unit, expr in given:
            datum = self.read(expr, place, call.span, statement)
            if datum.number is None or unit not in UNITS or datum.state is State.UNKNOWN:
                return made(ANYTHING, State.UNKNOWN)
            parts.append(datum)
            seconds += datum.number * UNITS[unit]
        return made(Duration(seconds), weakest(parts))

    def _dict(self, made: Callable[..., Datum], call: s.Call, place: Place, statement: s.Span) -> Datum:
        entries: list[tuple[Datum, Datum]] = []
        complete = True
        for arg in call.args:
            base = self.read(arg, place, call.span, statement)
            entries += base.entries
            complete = complete and base.is_complete
        for keyword in call.keywords:
            datum = self.read(keyword.value, place, keyword.span, statement)
            if keyword.name is None:
                entries += datum.entries
                complete = complete and datum.is_complete
            else:
                key = Datum(Scalar(keyword.name), State.KNOWN, place.path, keyword.span, statement)
                entries.append((key, datum))
        return made(Table(tuple(entries), complete))

    def _collection(
        self, made: Callable[..., Datum], kind: str, call: s.Call, place: Place, statement: s.Span
    ) -> Datum:
        if not call.args:
            return made(Items(kind, ()))
        base = self.read(call.args[0], place, call.span, statement)
        if not isinstance(base.content, Items):
            return made(Items(kind, (), False), State.UNKNOWN)
        return made(Items(kind, base.items, base.is_complete), base.state)

    def _method(self, name: str, base: Datum) -> Datum:
        if base.text is None:
            return structs.replace(base, content=Text(), state=State.UNKNOWN)
        return structs.replace(base, content=Scalar(getattr(base.text, name)()))

    def maker(self, expr: s.Expr, place: Place) -> tuple[str, int] | None:
        """The call whose value a name, or the object of an attribute, was given."""
        while isinstance(expr, s.Attribute):
            expr = expr.base
        if not isinstance(expr, s.Name):
            return None
        found = self.evaluator.names.entries(expr.id, place)
        for entry in found[2] if found else ():
            if entry.binding is not None and isinstance(entry.binding.value, s.CallRef):
                return found[0].path if found else place.path, entry.binding.value.index
            if entry.imported is not None and entry.imported.name:
                path = self.imported_module(self.program.view(place.path), entry.imported)
                if path is not None:
                    return self.maker(s.Name(entry.imported.name), self.program.end_of(path))
        return None

    def imported_module(self, view: FileView, item: s.Import) -> str | None:
        """The project's file that an import takes its name from."""
        if item.level:
            return self.program.sources.relative_module(view.path, item.level, item.module)
        return self.program.sources.find_module(item.module, view.path)


def converted(cast: str, datum: Datum) -> Content:
    """What `int("5")`, `bool(…)` and the like give."""
    value = datum.content.value if isinstance(datum.content, Scalar) else None
    if cast == "bool" and datum.truth is not None:
        if isinstance(value, str):
            return Scalar(value.strip().lower() in TRUE_WORDS)
        return Scalar(datum.truth)
    if value is None:
        return datum.content
    try:
        if cast == "int":
            return Scalar(int(value))
        if cast == "float":
            return Scalar(float(value))
    except (ValueError, OverflowError):
        return ANYTHING
    if cast == "str" and not isinstance(value, str):
        return datum.content if isinstance(value, bool) else Scalar(str(value))
    if cast == "list" and isinstance(value, str):
        return Items("list", (), False)
    return datum.content


def weakest(data: Iterable[Datum]) -> State:
    """How sure something is that is made of others."""
    states = {datum.state for datum in data}
    if State.UNKNOWN in states:
        return State.UNKNOWN
    return State.DEFAULT if State.DEFAULT in states else State.KNOWN


def either(made: Callable[..., Datum], options: list[Datum]) -> Datum:
    """The options as one; those that agree are the first of them."""
    flat = [inner for option in options for inner in option.options]
    if len({(repr(option.content), option.state) for option in flat}) == 1 and not isinstance(
        flat[0].content, Anything
    ):
        return flat[0]
    if not flat or all(isinstance(option.content, Anything) for option in flat):
        return flat[0] if len(flat) == 1 else made(ANYTHING, State.UNKNOWN)
    state = State.UNKNOWN if len(flat) > 1 else flat[0].state
    return made(Either(tuple(flat)), state)
