"""Prints as JSON what the installed Celery, kombu, django-celery-beat and django-celery-results know of settings.

`generate_settings.py` runs it under each release; it imports those packages and nothing of celery-lint.
"""

from __future__ import annotations

import ast
import importlib.util
import inspect
import json
import sys
from collections.abc import Iterator
from datetime import timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

TYPES = {"str": "string", "bytes": "string", "NoneType": "any"}
DJANGO_PACKAGES = ("django_celery_beat", "django_celery_results")
TRANSPORTS = {
    "amqp_options": ("kombu.connection", "kombu.transport.pyamqp"),
    "redis_options": ("kombu.connection", "kombu.transport.virtual.base", "kombu.transport.redis"),
    "sqs_options": ("kombu.connection", "kombu.transport.virtual.base", "kombu.transport.SQS"),
    "result_backend_options": ("celery.backends.base", "celery.backends.redis"),
}


def plain(value: object) -> Any:
    """A default as JSON: seconds for a timedelta, a list for a tuple, None for infinity."""
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    return None if value == float("inf") else value


def celery_settings() -> dict[str, dict[str, Any]]:
    """Name → type, default and upper-case old names, from `celery.app.defaults`."""
    from celery.app.defaults import NAMESPACES, flatten

    found = {}
    for name, option in flatten(NAMESPACES):
        kind = option.type if isinstance(option.type, str) else option.type.__name__
        key = name
        for prefix, options in NAMESPACES.items():
            if isinstance(options, dict) and name.startswith(f"{prefix}_"):
                key = name.removeprefix(f"{prefix}_")
        old = sorted(spelling.format(key).upper() for spelling in option.old) or [name.upper()]
        found[name] = {"type": TYPES.get(kind, kind), "default": plain(option.default), "old": old}
    return found


def package_settings(package: str) -> dict[str, dict[str, Any]]:
    """The Django settings a package reads: `getattr(settings, NAME, default)`, `settings.NAME`."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        return {}
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(Path(spec.origin).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name, default = setting_read(node)
            if name.startswith("DJANGO_CELERY"):
                kind = type(default).__name__
                found[name] = {"type": TYPES.get(kind, kind), "default": plain(default), "old": []}
    return found


def setting_read(node: ast.AST) -> tuple[str, object]:
    match node:
        case ast.Call(
            func=ast.Name(id="getattr"), args=[ast.Name(id="settings"), ast.Constant(value=str(name)), *rest]
        ):
            return name, rest[0].value if rest and isinstance(rest[0], ast.Constant) else None
        case ast.Subscript(value=ast.Attribute(value=ast.Name(id="settings"), attr=name)):
            return name, {}
        case ast.Attribute(value=ast.Name(id="settings"), attr=name):
            return name, None
    return "", None


def transport_options(modules: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """Option → type: those that the code looks up by name, and those a channel copies to attributes of its own."""
    found: dict[str, str] = {}
    for module in modules:
        spec = importlib.util.find_spec(module)
        assert spec is not None
        assert spec.origin is not None
        for name, default in looked_up(ast.parse(Path(spec.origin).read_text(encoding="utf-8"))):
            found[name] = kind_of(default) if default is not None else found.get(name, "any")
        for cls in vars(importlib.import_module(module)).values():
            if inspect.isclass(cls):
                for name in getattr(cls, "from_transport_options", ()):
                    found[name] = kind_of(getattr(cls, name, None))
    if "kombu.transport.pyamqp" in modules:
        from amqp import Connection

        for name, parameter in inspect.signature(Connection.__init__).parameters.items():
            if name != "self" and parameter.kind is parameter.POSITIONAL_OR_KEYWORD:
                found[name] = kind_of(parameter.default)
    return {name: {"type": kind, "default": None, "old": []} for name, kind in sorted(found.items())}


def kind_of(value: object) -> str:
    """The type of a default, where it says which values are allowed; a prefix may be turned off by False."""
    return type(value).__name__ if isinstance(value, int | float) and not isinstance(value, bool) else "any"


def looked_up(tree: ast.Module) -> Iterator[tuple[str, object]]:
    """`transport_options.get("x", 1)`, `transport_options["x"]`, `"x" in transport_options`."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(value=owner, attr="get"), args=[ast.Constant(value=str(name)), *rest]):
                if is_options(owner):
                    yield name, rest[0].value if rest and isinstance(rest[0], ast.Constant) else None
            case ast.Subscript(value=owner, slice=ast.Constant(value=str(name))):
                if is_options(owner):
                    yield name, None
            case ast.Compare(left=ast.Constant(value=str(name)), ops=[ast.In()], comparators=[owner]):
                if is_options(owner):
                    yield name, None


def is_options(node: ast.expr) -> bool:
    text = ast.unparse(node)
    return text.rpartition(".")[2] in ("transport_options", "_transport_options", "transport_opts") or (
        "'result_backend_transport_options'" in text
    )


def installed(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def read(group: str) -> dict[str, Any]:
    """The settings of a group and the version of the package they are read from."""
    if group == "celery":
        return {"version": installed("celery"), "settings": celery_settings()}
    if group in DJANGO_PACKAGES:
        return {"version": installed(group), "settings": package_settings(group)}
    return {"version": installed("kombu"), "settings": transport_options(TRANSPORTS[group])}


if __name__ == "__main__":
    json.dump({group: read(group) for group in ("celery", *DJANGO_PACKAGES, *TRANSPORTS)}, sys.stdout)
