"""The option table: validation, `--show-settings`, flags and environment variables come from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec import Struct, field

from celery_lint.finding import Confidence, Persona, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["LEVELS", "OPTIONS", "ConfigurationError", "Kind", "Option", "Settings", "option", "show", "toml"]

Kind = Literal["selectors", "globs", "choice", "flag", "version", "path", "ignores", "severities", "plugins"]
Value = tuple[str, ...] | str | bool | tuple[tuple[str, tuple[str, ...] | str], ...] | None

LEVELS = {"error": "error", "warning": "warning", "info": "information", "off": "off"}
"""The flag that sets the severity of rules → what `severity` calls it."""


class ConfigurationError(Exception):
    """What is asked for cannot be done as written. The text says where, why, and what may have been meant."""


class Option(Struct, frozen=True):
    """One thing a user can set, by the same name in a file, on the command line and in the environment."""

    name: str
    kind: Kind
    default: Value
    doc: str
    choices: tuple[str, ...] = ()
    on_command_line: bool = True

    @property
    def flag(self) -> str | None:
        return f"--{self.name}" if self.on_command_line else None

    @property
    def variable(self) -> str | None:
        """The environment variable, which beats the file and yields to the command line."""
        return f"CELERY_LINT_{self.name.replace('-', '_').upper()}" if self.on_command_line else None

    @property
    def type(self) -> str:
        """The type in words, for messages and documentation."""
        if self.kind in ("selectors", "globs", "plugins"):
            return "a list of strings"
        if self.kind == "choice":
            return "one of " + ", ".join(f'"{choice}"' for choice in self.choices)
        if self.kind == "flag":
            return "true or false"
        if self.kind == "version":
            return 'a version such as "5.4"'
        if self.kind == "path":
            return "a path"
        if self.kind == "severities":
            return "a table of severities: " + ", ".join(f'"{level}"' for level in LEVELS.values())
        return "a table of lists of strings"


EXCLUDED = (
    ".bzr",
    ".celery_lint_cache",
    ".direnv",
    ".eggs",
    ".git",
    ".git-rewrite",
    ".hg",
    ".ipynb_checkpoints",
    ".mypy_cache",
    ".nox",
    ".pants.d",
    ".pyenv",
    ".pytest_cache",
    ".pytype",
    ".ruff_cache",
    ".svn",
    ".tox",
    ".venv",
    ".vscode",
    "__pycache__",
    "__pypackages__",
    "_build",
    "buck-out",
    "dist",
    "node_modules",
    "site-packages",
    "venv",
    "*.min.py",
    "*_pb2.py",
    "*_pb2_grpc.py",
)

OPTIONS: tuple[Option, ...] = (
    Option(
        "select",
        "selectors",
        None,
        "Check these rules only: codes (CLT101), prefixes (CLT1) or names (delay-in-atomic).",
    ),
    Option("extend-select", "selectors", (), "Check these rules too."),
    Option("ignore", "selectors", (), "Leave these rules out. The more exact selector wins."),
    Option(
        "persona",
        "choice",
        "regular",
        "Who reads: regular sees what should change, pedantic also what could, auditor everything.",
        tuple(persona.name.lower() for persona in Persona),
    ),
    Option(
        "min-severity",
        "choice",
        "information",
        "Leave out findings of less severity.",
        tuple(severity.name.lower() for severity in reversed(Severity)),
    ),
    Option(
        "min-confidence",
        "choice",
        "low",
        "Leave out findings of less confidence.",
        tuple(confidence.name.lower() for confidence in reversed(Confidence)),
    ),
    Option(
        "fail-on",
        "choice",
        "warning",
        "Exit with 1 when a finding has this severity or more.",
        (*(severity.name.lower() for severity in reversed(Severity)), "never"),
    ),
    Option(
        "severity",
        "severities",
        (),
        "How bad the findings of a rule are: a table from selector to severity. Off is off, and another severity "
        "for a whole code or a name also turns the rule on.",
        on_command_line=False,
    ),
    Option(
        "exclude",
        "globs",
        EXCLUDED,
        "Do not read files and directories that match. Replaces the default list.",
    ),
    Option("extend-exclude", "globs", (), "Do not read these files and directories either."),
    Option(
        "per-file-ignores",
        "ignores",
        (),
        "Leave rules out in files that match: a table from glob to selectors.",
        on_command_line=False,
    ),
    Option(
        "plugins",
        "plugins",
        (),
        "Rules of installed packages: names of their entry points in the group `celery_lint.rules`. For a file there "
        "is `--plugin` on the command line.",
        on_command_line=False,
    ),
    Option("respect-gitignore", "flag", True, "Do not read what .gitignore files name."),
    Option(
        "target-celery",
        "version",
        None,
        "The Celery version the project runs on. Else read from its lock file or requirements.",
    ),
    Option("require-reason", "flag", False, "Report comments that silence and do not say why (CLT005)."),
    Option("show-suppressed", "flag", False, "List what comments silence too, in the formats full, json and sarif."),
    Option(
        "baseline", "path", None, "Leave out the findings in this file, which `celery-lint baseline create` writes."
    ),
    Option("strict-baseline", "flag", False, "Exit with 1 when the baseline lists what is no longer found."),
    Option("fix", "flag", False, "Make the safe fixes, and report what is left."),
    Option("unsafe-fixes", "flag", False, "Make unsafe fixes too: those that want a reader."),
    Option("extend-safe-fixes", "selectors", (), "Take the fixes of these rules for safe.", on_command_line=False),
    Option("extend-unsafe-fixes", "selectors", (), "Take the fixes of these rules for unsafe.", on_command_line=False),
    Option("cache", "flag", True, "Remember what was worked out, for the next run."),
    Option(
        "cache-dir",
        "path",
        None,
        "Where to remember it, from the project's root. Else `.celery_lint_cache` there.",
    ),
)

_BY_NAME = {option.name: option for option in OPTIONS}


def option(name: str) -> Option | None:
    """The option of that name."""
    return _BY_NAME.get(name)


class Layer(Struct, frozen=True):
    """What one source says of rules: a file, the environment or the command line."""

    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: tuple[tuple[str, str], ...] = ()


class Settings(Struct, frozen=True):
    """Every option with its value. `layers` hold the rule selection, weakest source first; `baseline` is an absolute
    path."""

    layers: tuple[Layer, ...] = ()
    persona: Persona = Persona.REGULAR
    min_severity: Severity = Severity.INFORMATION
    min_confidence: Confidence = Confidence.LOW
    fail_on: Severity | None = Severity.WARNING
    exclude: tuple[str, ...] = EXCLUDED
    extend_exclude: tuple[str, ...] = ()
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    plugins: tuple[str, ...] = ()
    respect_gitignore: bool = True
    target_celery: str | None = None
    require_reason: bool = False
    show_suppressed: bool = False
    baseline: str | None = None
    strict_baseline: bool = False
    fix: bool = False
    unsafe_fixes: bool = False
    extend_safe_fixes: tuple[str, ...] = ()
    extend_unsafe_fixes: tuple[str, ...] = ()
    cache: bool = True
    cache_dir: str | None = None
    file: str | None = None
    values: Mapping[str, Value] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)


def show(settings: Settings) -> list[str]:
    """The settings as TOML that a configuration file could hold, each with where it comes from."""
    lines = []
    for each in OPTIONS:
        value = settings.values.get(each.name, each.default)
        source = settings.sources.get(each.name, "default")
        shown = toml(each, value)
        lines.append(f"{each.name} = {shown}  # {source}" if value is not None else f"# {each.name}: {shown}")
    return lines


def toml(each: Option, value: Value) -> str:
    """The option's value as a configuration file would hold it, or "not set"."""
    if value is None:
        return "not set"
    return "{}" if not value and each.kind in ("ignores", "severities") else _toml(value)


def _toml(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _toml_string(value)
    if not value:
        return "[]"
    if isinstance(value[0], tuple):
        pairs = (f"{_toml_string(str(item[0]))} = {_toml(item[1])}" for item in value)
        return "{ " + ", ".join(pairs) + " }"
    return "[" + ", ".join(_toml_string(str(item)) for item in value) + "]"


def _toml_string(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
