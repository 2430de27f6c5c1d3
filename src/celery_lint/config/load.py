"""Reads the configuration: a file, the environment and the command line, each beating the one before."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, cast

from msgspec import Struct

from celery_lint.config.options import LEVELS, OPTIONS, ConfigurationError, Layer, Option, Settings, Value, option
from celery_lint.config.selection import unknown_selector
from celery_lint.finding import Confidence, Persona, Severity
from celery_lint.spelling import did_you_mean

if TYPE_CHECKING:
    from celery_lint.config.places import Path, Places
    from celery_lint.pages import Page

__all__ = ["find_file", "load"]

_TABLE = ("tool", "celery-lint")
_VERSION = re.compile(r"\d+(\.\d+)*\Z")
_TOML_POSITION = re.compile(r" \(at line (\d+), column (\d+)\)\Z")


class _File(Struct, frozen=True):
    """A configuration file that has been read; `prefix` is the path of our table in it."""

    path: str
    text: str
    prefix: Path
    table: Mapping[str, object]
    places: Places | None = None


class _MisfitError(Exception):
    """A value, or the key at the path, that does not fit, before it is known where it stands."""

    def __init__(self, message: str, path: Path = (), *, of_key: bool = False) -> None:
        super().__init__(message)
        self.path = path
        self.of_key = of_key


def find_file(start: str) -> str | None:
    """The nearest file, from the directory `start` upwards, that configures celery-lint.

    `celery-lint.toml` always does, `pyproject.toml` when it has a `[tool.celery-lint]` table.
    """
    directory = os.path.abspath(start)
    while True:
        own = os.path.join(directory, "celery-lint.toml")
        if os.path.isfile(own):
            return own
        shared = os.path.join(directory, "pyproject.toml")
        if os.path.isfile(shared) and _has_table(shared):
            return shared
        parent = os.path.dirname(directory)
        if parent == directory:
            return None
        directory = parent


def load(
    file: str | None,
    pages: Sequence[Page],
    *,
    environment: Mapping[str, str] | None = None,
    arguments: Mapping[str, object] | None = None,
    plugins: Callable[[Sequence[str]], Sequence[Page]] = lambda _: (),
) -> Settings:
    """The settings of a run.

    `arguments` are what the command line (or a caller) gives, by option name; None means not given. `plugins` gives
    the pages of the rules that plug-ins of these names add.
    Raises ConfigurationError for a file that cannot be read, an unknown key or rule, and a value that does
    not fit.
    """
    values: dict[str, Value] = {each.name: each.default for each in OPTIONS}
    sources: dict[str, str] = {}
    layers = []
    read = _read(file) if file is not None else None
    pages = (*pages, *plugins(_named_plugins(read, arguments or {})))
    for source, given in _sources(read, pages, environment or {}, arguments or {}):
        values.update(given)
        sources.update(dict.fromkeys(given, source))
        if given.keys() & {"select", "extend-select", "ignore", "severity"}:
            layers.append(
                Layer(
                    cast("tuple[str, ...] | None", given.get("select")),
                    cast("tuple[str, ...]", given.get("extend-select", ())),
                    cast("tuple[str, ...]", given.get("ignore", ())),
                    cast("tuple[tuple[str, str], ...]", given.get("severity", ())),
                )
            )
    fail_on = cast("str", values["fail-on"])
    return Settings(
        layers=tuple(layers),
        persona=Persona[cast("str", values["persona"]).upper()],
        min_severity=Severity[cast("str", values["min-severity"]).upper()],
        min_confidence=Confidence[cast("str", values["min-confidence"]).upper()],
        fail_on=None if fail_on == "never" else Severity[fail_on.upper()],
        exclude=cast("tuple[str, ...]", values["exclude"]),
        extend_exclude=cast("tuple[str, ...]", values["extend-exclude"]),
        per_file_ignores=cast("tuple[tuple[str, tuple[str, ...]], ...]", values["per-file-ignores"]),
        plugins=cast("tuple[str, ...]", values["plugins"]),
        respect_gitignore=cast("bool", values["respect-gitignore"]),
        target_celery=cast("str | None", values["target-celery"]),
        require_reason=cast("bool", values["require-reason"]),
        show_suppressed=cast("bool", values["show-suppressed"]),
        baseline=_baseline(values, sources, file),
        strict_baseline=cast("bool", values["strict-baseline"]),
        fix=cast("bool", values["fix"]),
        unsafe_fixes=cast("bool", values["unsafe-fixes"]),
        extend_safe_fixes=cast("tuple[str, ...]", values["extend-safe-fixes"]),
        extend_unsafe_fixes=cast("tuple[str, ...]", values["extend-unsafe-fixes"]),
        cache=cast("bool", values["cache"]),
        cache_dir=cast("str | None", values["cache-dir"]),
        file=file,
        values=values,
        sources=sources,
    )


def _baseline(values: Mapping[str, Value], sources: Mapping[str, str], file: str | None) -> str | None:
    """The baseline's absolute path; a configuration file means it from where it is itself. "" is none."""
    path = cast("str | None", values["baseline"])
    if not path:
        return None
    in_file = file is not None and sources["baseline"] == _shown(file)
    return os.path.abspath(os.path.join(os.path.dirname(file or ""), path) if in_file else path)


def _named_plugins(file: _File | None, arguments: Mapping[str, object]) -> tuple[str, ...]:
    """What `plugins` says, which must be known before a rule can be named."""
    known = option("plugins")
    assert known is not None
    value: Value = ()
    if arguments.get(known.name) is not None:
        value = _plain(known, arguments[known.name], (), known.name)
    elif file is not None and known.name in file.table:
        value = _in_file(file, known, file.table[known.name], ())
    return cast("tuple[str, ...]", value)


def _sources(
    file: _File | None, pages: Sequence[Page], environment: Mapping[str, str], arguments: Mapping[str, object]
) -> list[tuple[str, dict[str, Value]]]:
    found = []
    if file is not None:
        found.append((_shown(file.path), _from_file(file, pages)))
    from_environment: dict[str, Value] = {}
    for each in OPTIONS:
        if each.variable is not None and environment.get(each.variable):
            from_environment[each.name] = _plain(each, environment[each.variable], pages, each.variable)
    for flag in LEVELS:
        variable = f"CELERY_LINT_{flag.upper()}"
        if environment.get(variable):
            _add_severities(from_environment, flag, environment[variable], pages, variable)
    if from_environment:
        found.append(("environment", from_environment))
    given: dict[str, Value] = {}
    for name, value in arguments.items():
        if name in LEVELS:
            _add_severities(given, name, value, pages, f"--{name}")
            continue
        known = option(name)
        if known is None:
            raise ConfigurationError(f"unknown option `{name}`{did_you_mean(name, (each.name for each in OPTIONS))}")
        if value is not None:
            given[name] = _plain(known, value, pages, known.flag or name)
    if given:
        found.append(("command line", given))
    return found


def _add_severities(given: dict[str, Value], flag: str, value: object, pages: Sequence[Page], where: str) -> None:
    """What `--error RULES` and the like say, in the words of `severity`."""
    known, selectors = option("severity"), option("ignore")
    assert known is not None
    assert selectors is not None
    named = cast("tuple[str, ...]", _plain(selectors, value, pages, where)) if value is not None else ()
    before = cast("tuple[tuple[str, str], ...]", given.get(known.name, ()))
    if named:
        given[known.name] = (*before, *((selector, LEVELS[flag]) for selector in named))


def _plain(known: Option, value: object, pages: Sequence[Page], where: str) -> Value:
    """A value from outside a file; text is split at commas where a list is due."""
    if isinstance(value, str) and known.kind in ("selectors", "globs", "plugins"):
        value = [part.strip() for part in value.split(",") if part.strip()]
    elif isinstance(value, str) and known.kind == "flag":
        value = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}.get(
            value.lower(), value
        )
    try:
        return _checked(known, value, pages)
    except _MisfitError as fault:
        raise ConfigurationError(f"{where}: {fault}") from None


def _has_table(path: str) -> bool:
    try:
        with open(path, "rb") as stream:
            data = stream.read()
    except OSError:
        return False
    if b"celery-lint" not in data or b"tool" not in data:
        return False
    try:
        return _table(_parsed(path, data), _TABLE) is not None
    except ConfigurationError:
        # A broken file that names us is reported when it is read.
        return re.search(rb"(?m)^\s*\[\s*tool\s*\.\s*[\"']?celery-lint", data) is not None


def _read(path: str) -> _File:
    try:
        with open(path, "rb") as stream:
            data = stream.read()
    except OSError as error:
        raise ConfigurationError(f"{_shown(path)}: cannot be read: {error.strerror}") from None
    content = _parsed(path, data)
    text = data.decode().replace("\r\n", "\n")
    shared = os.path.basename(path) == "pyproject.toml"
    prefix: Path = _TABLE if shared or _table(content, _TABLE) is not None else ()
    table = _table(content, prefix)
    if table is None:
        raise ConfigurationError(f"{_shown(path)}: has no [tool.celery-lint] table")
    return _File(path, text, prefix, table)


def _parsed(path: str, data: bytes) -> Mapping[str, object]:
    import tomllib

    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigurationError(f"{_shown(path)}:{line}: not UTF-8") from None
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        lines = text.replace("\r\n", "\n").split("\n")
        match = _TOML_POSITION.search(message)
        line, column = (int(match[1]), int(match[2])) if match else (max(1, len(text.splitlines())), 1)
        what = _TOML_POSITION.sub("", message)
        raise ConfigurationError(
            _pointing(path, lines, line, column, 1, f"invalid TOML: {what[:1].lower()}{what[1:]}")
        ) from None


def _table(content: Mapping[str, object], path: Path) -> Mapping[str, object] | None:
    table: object = content
    for key in path:
        if not isinstance(table, dict) or key not in table:
            return None
        table = table[key]
    return table if isinstance(table, dict) else None


def _from_file(file: _File, pages: Sequence[Page]) -> dict[str, Value]:
    given: dict[str, Value] = {}
    for name, value in file.table.items():
        known = option(name)
        if known is None:
            hint = did_you_mean(name, (each.name for each in OPTIONS))
            raise _placed(file, _MisfitError(f"unknown option `{name}`{hint}", (name,), of_key=True))
        given[name] = _in_file(file, known, value, pages)
    return given


def _in_file(file: _File, known: Option, value: object, pages: Sequence[Page]) -> Value:
    try:
        return _checked(known, value, pages)
    except _MisfitError as fault:
        raise _placed(file, _MisfitError(str(fault), (known.name, *fault.path), of_key=fault.of_key)) from None


def _placed(file: _File, fault: _MisfitError) -> ConfigurationError:
    from celery_lint.config.places import locate

    places = locate(file.text)
    path = (*file.prefix, *fault.path)
    place = (places.keys.get(path) if fault.of_key else None) or places.of(path)
    if place is None:
        return ConfigurationError(f"{_shown(file.path)}: {fault}")
    lines = file.text.split("\n")
    return ConfigurationError(_pointing(file.path, lines, place.line, place.column, place.width, str(fault)))


def _pointing(path: str, lines: Sequence[str], line: int, column: int, width: int, message: str) -> str:
    """The message, the line it is about, and carets below the place."""
    text = lines[line - 1].replace("\t", " ") if line <= len(lines) else ""
    number = str(line)
    margin = " " * len(number)
    return "\n".join(
        (
            f"{_shown(path)}:{line}:{column}: {message}",
            f"{margin} |",
            f"{number} | {text}",
            f"{margin} | {' ' * (column - 1)}{'^' * width}",
        )
    )


def _shown(path: str) -> str:
    relative = os.path.relpath(path)
    return path if relative.startswith("..") else relative.replace(os.sep, "/")


def _checked(known: Option, value: object, pages: Sequence[Page]) -> Value:
    """The value in the shape that the option has, or a _MisfitError."""
    if known.kind == "flag" and isinstance(value, bool):
        return value
    if known.kind == "choice" and isinstance(value, str):
        if value.lower() in known.choices:
            return value.lower()
        raise _MisfitError(f"`{known.name}` is {known.type}, not {value!r}{did_you_mean(value, known.choices)}")
    if known.kind == "version" and isinstance(value, str):
        if _VERSION.match(value):
            return value
        raise _MisfitError(f"`{known.name}` is {known.type}, not {value!r}")
    if known.kind == "path" and isinstance(value, str):
        return value
    if known.kind in ("selectors", "globs", "plugins") and isinstance(value, (list, tuple)):
        return _strings(known, value, pages, known.kind == "selectors")
    if known.kind == "ignores" and isinstance(value, Mapping):
        rows = []
        for glob, selectors in value.items():
            if not isinstance(selectors, (list, tuple)):
                raise _MisfitError(f"`{known.name}` is {known.type}; this is {_described(selectors)}", (glob,))
            try:
                rows.append((glob, _strings(known, selectors, pages, True)))
            except _MisfitError as fault:
                raise _MisfitError(str(fault), (glob, *fault.path)) from None
        return tuple(rows)
    if known.kind == "severities" and isinstance(value, Mapping):
        return tuple((selector, _severity(known, selector, level, pages)) for selector, level in value.items())
    raise _MisfitError(f"`{known.name}` is {known.type}, not {_described(value)}")


def _severity(known: Option, selector: str, level: object, pages: Sequence[Page]) -> str:
    _require_rule(selector, pages, (selector,), of_key=True)
    if not isinstance(level, str):
        raise _MisfitError(f"`{known.name}` is {known.type}; this is {_described(level)}", (selector,))
    if level.lower() not in LEVELS.values():
        hint = did_you_mean(level, LEVELS.values())
        raise _MisfitError(f"`{known.name}` is {known.type}; not {level!r}{hint}", (selector,))
    return level.lower()


def _strings(known: Option, value: Sequence[object], pages: Sequence[Page], selectors: bool) -> tuple[str, ...]:
    strings = []
    for index, item in enumerate(value):
        if not isinstance(item, str):
            raise _MisfitError(f"`{known.name}` is {known.type}; this is {_described(item)}", (index,))
        if selectors:
            _require_rule(item, pages, (index,))
        if known.kind == "plugins" and ("/" in item or item.endswith(".py")):
            raise _MisfitError("`plugins` names what is installed; a file goes with `--plugin`", (index,))
        strings.append(item.strip())
    return tuple(strings)


def _require_rule(selector: str, pages: Sequence[Page], path: Path, *, of_key: bool = False) -> None:
    if unknown_selector(selector, pages):
        words = (word for page in pages for word in (page.code, page.name))
        raise _MisfitError(f"unknown rule `{selector}`{did_you_mean(selector, words)}", path, of_key=of_key)


def _described(value: object) -> str:
    words = {
        bool: "a boolean",
        str: "a string",
        int: "an integer",
        float: "a float",
        list: "a list",
        dict: "a table",
    }
    return words.get(type(value), type(value).__name__)
