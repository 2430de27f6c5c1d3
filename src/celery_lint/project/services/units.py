"""Units of systemd, programs of supervisor, and lines of a Procfile."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from celery_lint.finding import Location
from celery_lint.project.services.compose import whole_number
from celery_lint.project.services.invocation import Launch
from celery_lint.project.services.service import DEFAULT_GRACE, Environment, Service, Variable
from celery_lint.project.services.shell import SimpleCommand, read_shell
from celery_lint.project.services.text import UNKNOWN, PlacedText

__all__ = ["procfile_services", "supervisor_services", "systemd_services"]

SECTION = re.compile(r"[ \t]*\[([^\]]+)\]")
ENTRY = re.compile(r"[ \t]*([\w.-]+)[ \t]*[=:][ \t]*")
PROCESS = re.compile(r"([A-Za-z0-9_-]+)[ \t]*:[ \t]*")
GRACE_KEYS = frozenset({"TimeoutStopSec", "TimeoutSec", "stopwaitsecs"})
SPAN_PART = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|sec|s|min|m|hour|hr|h|)(?:ond|ute)?s?(?![a-z])")
SPAN = re.compile(rf"(?:\s*{SPAN_PART.pattern})+\s*")
SECONDS = {"": 1.0, "s": 1.0, "se": 1.0, "ms": 0.001, "m": 60.0, "mi": 60.0, "h": 3600.0, "ho": 3600.0, "hr": 3600.0}
"""By the first two letters of a unit of systemd."""
EXEC_PREFIXES = "@-:+!|"
SUPERVISOR_EXPRESSION = re.compile(r"%\([^)]*\)[sd]|%%")
SYSTEMD_SPECIFIER = re.compile(r"%%")
INLINE_COMMENT = re.compile(r"[ \t];[^\n]*")
ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)[ \t]*=")


class Entry(Struct, frozen=True):
    """One `key = value` of a section; `statement` is all of it."""

    section: str
    key: str
    value: PlacedText
    statement: Location


def _entries(text: PlacedText, *, continued_by_indent: bool) -> Iterator[Entry]:
    """The entries of an INI file. systemd continues a line with a backslash, supervisor with an indent."""
    section = ""
    source = text.text
    at = 0
    while at < len(source):
        end = _line_end(source, at)
        line = source[at:end]
        if match := SECTION.match(source, at):
            section = match[1].strip()
        elif (
            line.strip() and line.lstrip()[0] not in "#;" and (match := ENTRY.match(source, at)) and match.end() <= end
        ):
            indent = len(line) - len(line.lstrip()) if continued_by_indent else None
            while _continues(source, end, indent):
                end = _line_end(source, end + 1)
            value = text.part(match.end(), end)
            yield Entry(section, match[1], value, text.part(at, end).location(0, max(len(source[at:end].rstrip()), 1)))
        at = end + 1


def _line_end(source: str, at: int) -> int:
    end = source.find("\n", at)
    return len(source) if end < 0 else end


def _continues(source: str, end: int, indent: int | None) -> bool:
    """Whether the next line goes on with the value: by a backslash, or when it stands further in than the key."""
    if end >= len(source):
        return False
    if indent is None:
        return source[:end].rstrip(" \t\r").endswith("\\")
    line = source[end + 1 : _line_end(source, end + 1)].rstrip()
    inner = line.lstrip()
    return bool(inner) and len(line) - len(inner) > indent and inner[0] not in "#;["


def _known(value: PlacedText) -> str | None:
    text = value.text.strip()
    return None if UNKNOWN in text else text


def systemd_services(text: PlacedText, environment: Environment) -> Iterator[tuple[Service, list[Launch]]]:
    """The one service of a unit, with everything its `ExecStart` lines run."""
    entries = [each for each in _entries(text, continued_by_indent=False) if each.section == "Service"]
    values = {each.key: each for each in entries}
    variables: dict[str, Variable] = {}
    for each in entries:
        if each.key == "Environment":
            for word in read_shell(each.value.as_arguments()).commands[0].words[1:]:
                name, equals, value = word.text.partition("=")
                if equals:
                    variables[name] = Variable(None if UNKNOWN in value else value, word.location)
    service = Service(
        kind="systemd",
        path=text.path,
        name=text.path.rsplit("/", 1)[-1].split(".service")[0],
        environment=environment,
        variables=variables,
        grace=_grace(values, "systemd", _value(values, "TimeoutStopSec") or _value(values, "TimeoutSec")),
        user=_value(values, "User"),
        restart=_value(values, "Restart"),
    )
    launches = []
    for each in entries:
        if each.key == "ExecStart":
            specifiers = SYSTEMD_SPECIFIER.finditer(each.value.text)
            command = each.value.replaced([(m.start(), m.end(), "%") for m in specifiers])
            skipped = len(command.text) - len(command.text.lstrip(EXEC_PREFIXES))
            launches += _started(command.part(skipped), each.statement, service)
    yield service, launches


def _value(values: dict[str, Entry], key: str) -> str | None:
    return _known(values[key].value) if key in values else None


def _started(value: PlacedText, statement: Location, service: Service) -> list[Launch]:
    commands: tuple[SimpleCommand, ...] = read_shell(value, service.values).commands
    return [Launch(statement, command.words) for command in commands[:1]]


def supervisor_services(text: PlacedText, environment: Environment) -> Iterator[tuple[Service, list[Launch]]]:
    """Each program of a supervisor file."""
    programs: dict[str, dict[str, Entry]] = {}
    for each in _entries(text, continued_by_indent=True):
        if each.section.startswith("program:"):
            programs.setdefault(each.section.removeprefix("program:").strip(), {})[each.key] = each
    for name, values in programs.items():
        command = values.get("command")
        if command is None:
            continue
        service = Service(
            kind="supervisor",
            path=text.path,
            name=name,
            environment=environment,
            variables=_supervisor_variables(values.get("environment")),
            replicas=whole_number(_value(values, "numprocs")),
            grace=_grace(values, "supervisor", _plain(values, "stopwaitsecs")),
            user=_value(values, "user"),
            location=command.statement,
        )
        value = _filled_in(command.value)
        yield service, _started(value, command.statement, service)


def _grace(values: dict[str, Entry], kind: str, given: str | None) -> float | None:
    """Seconds to stop: as given, None for what is not known or without an end, else what is usual."""
    if values.keys().isdisjoint(GRACE_KEYS):
        return DEFAULT_GRACE[kind]
    parts = SPAN.fullmatch(given or "")
    if not given or parts is None:
        return None
    return sum(float(number) * SECONDS[unit[:2]] for number, unit in SPAN_PART.findall(given)) or None


def _plain(values: dict[str, Entry], key: str) -> str | None:
    """A value without the comment behind it."""
    text = _value(values, key)
    return INLINE_COMMENT.sub("", text).strip() if text is not None else None


def _filled_in(value: PlacedText) -> PlacedText:
    """`%(ENV_X)s` is unknown, `%%` a per cent, and a new line within the value only a space."""
    found = SUPERVISOR_EXPRESSION.finditer(value.text)
    pieces = [(m.start(), m.end(), "%" if m.group() == "%%" else UNKNOWN) for m in found]
    pieces += [(m.start(), m.end(), " ") for m in re.finditer(r"\n", value.text)]
    pieces += [(m.start(), m.end(), "") for m in INLINE_COMMENT.finditer(value.text)]
    return value.replaced(sorted(pieces))


def _supervisor_variables(entry: Entry | None) -> dict[str, Variable]:
    """`A="1",B=2`."""
    found: dict[str, Variable] = {}
    if entry is None:
        return found
    value = _filled_in(entry.value)
    for match in re.finditer(r"""([A-Za-z_]\w*)=("[^"]*"|'[^']*'|[^,\s]*)""", value.text):
        text = match[2].strip("\"'")
        found[match[1]] = Variable(None if UNKNOWN in text else text, value.location(match.start(), match.end()))
    return found


def procfile_services(text: PlacedText, environment: Environment) -> Iterator[tuple[Service, list[Launch]]]:
    """Each process type of a Procfile, whose command a shell runs."""
    at = 0
    while at < len(text.text):
        end = _line_end(text.text, at)
        match = PROCESS.match(text.text, at)
        if match is not None and match.end() < end:
            value = text.part(match.end(), end)
            statement = text.location(at, at + len(text.text[at:end].rstrip()))
            service = Service("procfile", text.path, match[1], environment, location=text.location(at, match.end(1)))
            commands = read_shell(value).commands
            yield service, [Launch(statement, command.words, signals=None) for command in commands]
        at = end + 1
