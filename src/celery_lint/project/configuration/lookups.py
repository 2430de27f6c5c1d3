"""Values that come from outside of the code: environment variables and what reads them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct

from celery_lint.facts import schema as s
from celery_lint.project.configuration.data import Datum, Items, Scalar
from celery_lint.project.program import Place
from celery_lint.project.values import External, ExternalMethod, FunctionValue, Instance, Method, Value
from celery_lint.project.view import FileView, last_name

if TYPE_CHECKING:
    from celery_lint.project.configuration.reading import Reader

__all__ = ["Lookup", "lookup"]

VARIABLE = re.compile(r"_?[A-Z][A-Z0-9_.]*$")
DEFAULTS = ("default", "fallback", "default_value")
CASTS = ("cast", "type", "parser", "converter", "var_type", "coerce")
RAW = frozenset({"os.environ.get", "os.getenv", "os.environ.setdefault", "os.environ.pop"})
READS_ENVIRONMENT = (b"environ", b"getenv", b"decouple", b"environs")
CAST_METHODS = {
    **dict.fromkeys(("bool", "get_bool", "getboolean", "as_bool", "boolean"), "bool"),
    **dict.fromkeys(("int", "get_int", "getint", "integer"), "int"),
    **dict.fromkeys(("float", "get_float", "getfloat"), "float"),
    **dict.fromkeys(("str", "get_string", "get_str", "unicode", "url", "cache_url", "search_url"), "str"),
    **dict.fromkeys(("list", "get_list", "get_delimited_list", "tuple"), "list"),
    **dict.fromkeys(("json", "dict", "get_json", "db", "db_url", "cache", "timedelta"), "dict"),
}


class Lookup(Struct, frozen=True):
    """One reading of a variable. `cast` is "" where it is not known; without a default the value is unknown."""

    variable: str
    default: Datum | None
    cast: str


def lookup(reader: Reader, call: s.Call, place: Place) -> Lookup | None:
    """The variable that a call reads, if it reads one.

    Known are `os`, django-environ, environs, decouple and their likes by their calls, and functions of the project
    whose file reads the environment; all are called with the name of a variable, in capitals.
    """
    view = reader.program.view(place.path)
    first = view.argument(call, 0, "name") or view.argument(call, -1, "key") or view.argument(call, -1, "var")
    if not isinstance(first, s.Constant) or not isinstance(first.value, str) or not VARIABLE.match(first.value):
        return None
    callee = reader.evaluator.value(call.func, place)
    if not reads_environment(reader, callee, call, view):
        return None
    default = next(
        (k.value for name in DEFAULTS for k in call.keywords if k.name == name),
        None,
    )
    positional = list(call.args[1:] if call.args and call.args[0] == first else call.args)
    cast = next((k.value for name in CASTS for k in call.keywords if k.name == name), None)
    if positional and cast is None and is_type(positional[0]):
        cast = positional.pop(0)
    if default is None and positional:
        default = positional[0]
    schemed = scheme(reader, call, place, first.value) if default is None else None
    if schemed is not None:
        return Lookup(first.value, schemed.default, schemed.cast)
    read = reader.read(default, place, call.span, view.statement(call.statement)) if default is not None else None
    return Lookup(first.value, read, cast_of(reader, call, callee, cast, read))


def reads_environment(reader: Reader, callee: Value, call: s.Call, view: FileView) -> bool:
    name = dotted(callee)
    if name in RAW:
        return True
    if isinstance(callee, FunctionValue | Method):
        function = callee.function if isinstance(callee, Method) else callee
        content = reader.program.sources.read(function.path)
        return any(word in content for word in READS_ENVIRONMENT)
    written = f"{name}.{written_name(call.func)}".lower()
    del view
    return any(word in written for word in ("env", "config", "decouple", "secret"))


def written_name(expr: s.Expr) -> str:
    """A dotted name as it stands in the source."""
    if isinstance(expr, s.Attribute):
        return f"{written_name(expr.base)}.{expr.name}"
    return expr.id if isinstance(expr, s.Name) else ""


def dotted(value: Value) -> str:
    if isinstance(value, External):
        return value.name
    if isinstance(value, ExternalMethod):
        return f"{dotted(value.receiver)}.{value.name}"
    if isinstance(value, Instance):
        return dotted(value.cls)
    return ""


def is_type(expr: s.Expr) -> bool:
    return isinstance(expr, s.Name) and expr.id in ("bool", "int", "float", "str", "list", "dict", "tuple")


def cast_of(reader: Reader, call: s.Call, callee: Value, cast: s.Expr | None, default: Datum | None) -> str:
    """What the variable's text is turned into. django-environ goes by the default where nothing is said."""
    if cast is not None:
        name = last_name(cast)
        return CAST_METHODS.get(name, "bool" if name == "strtobool" else "")
    name = dotted(callee)
    if name in RAW:
        return "str"
    method = last_name(call.func)
    if method in CAST_METHODS:
        return CAST_METHODS[method]
    if name.startswith("decouple."):
        return "str"
    if "environ" in name and default is not None:
        return by_default(default)
    del reader
    return ""


def by_default(default: Datum) -> str:
    """django-environ casts to the type of the default."""
    if isinstance(default.content, Scalar) and default.content.value is not None:
        return type(default.content.value).__name__
    return "list" if isinstance(default.content, Items) else ""


def scheme(reader: Reader, call: s.Call, place: Place, variable: str) -> Lookup | None:
    """What `env = Env(VARIABLE=(bool, False))` declares of a variable."""
    made = reader.maker(call.func, place)
    if made is None:
        return None
    path, number = made
    view = reader.program.view(path)
    declaring = view.facts.calls[number]
    if not last_name(declaring.func).endswith("Env"):
        return None
    declared = next((k for k in declaring.keywords if k.name == variable), None)
    if declared is None:
        return None
    expr = declared.value
    inside = reader.program.place_of_call(path, declaring)
    if isinstance(expr, s.Display) and len(expr.items) == 2:
        default = reader.read(expr.items[1], inside, declared.span, view.statement(declaring.statement))
        return Lookup(variable, default, CAST_METHODS.get(last_name(expr.items[0]), ""))
    return Lookup(variable, None, CAST_METHODS.get(last_name(expr), ""))
