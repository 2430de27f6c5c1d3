"""Compose files: which services there are, and what each of them runs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from celery_lint.finding import Location
from celery_lint.project.services.documents import Branch
from celery_lint.project.services.invocation import Launch
from celery_lint.project.services.service import DEFAULT_GRACE, Environment, Service, Variable, is_for_developers
from celery_lint.project.services.shell import read_shell
from celery_lint.project.services.text import UNKNOWN, Word
from celery_lint.project.services.variables import interpolate

__all__ = ["compose_services", "duration", "whole_number"]

DURATION = re.compile(r"(?:(?P<h>\d+(?:\.\d+)?)h)?(?:(?P<m>\d+(?:\.\d+)?)m(?!s))?(?:(?P<s>\d+(?:\.\d+)?)s?)?")
FACTORS = {"h": 3600.0, "m": 60.0, "s": 1.0}
NOTHING: Mapping[str, str] = {}


def compose_services(root: Branch, environment: Environment) -> Iterator[tuple[Service, list[Launch]]]:
    """Each service of the file with what it starts; of one without a command nothing is known."""
    services = root.find("services")
    if services is None:
        return
    for name, where, body in services.entries():
        bodies = [body, *_extended(services, body)]
        yield _service(name, where, bodies, environment), _launches(bodies)


def _extended(services: Branch, body: Branch) -> list[Branch]:
    """The service of the same file that this one extends."""
    extends = body.find("extends")
    if extends is None:
        return []
    named = extends.text or _text(extends.find("service"))
    other = services.find(named) if named and extends.find("file") is None else None
    return [other] if other is not None else []


def _first(bodies: list[Branch], *keys: str) -> Branch | None:
    return next((found for body in bodies if (found := body.find(*keys)) is not None), None)


def _text(branch: Branch | None) -> str | None:
    """A scalar with its variables put in; None for none and for an unknown one."""
    if branch is None or not branch.is_scalar:
        return None
    text = interpolate(branch.placed(), NOTHING).text
    return None if UNKNOWN in text else text


def _service(name: str, where: Branch, bodies: list[Branch], environment: Environment) -> Service:
    variables = _variables(bodies)
    volumes = tuple(_volumes(_first(bodies, "volumes")))
    target = _text(_first(bodies, "build", "target")) or ""
    image = _text(_first(bodies, "image")) or ""
    if environment == "production" and (is_for_developers(volumes, variables, image) or target.startswith("dev")):
        environment = "development"
    replicas = whole_number(_text(_first(bodies, "deploy", "replicas")) or _text(_first(bodies, "scale")))
    is_whole = not where.is_template and (len(bodies) > 1 or bodies[0].find("extends") is None)
    given = _first(bodies, "stop_grace_period")
    usual = DEFAULT_GRACE["compose"] if is_whole else None
    return Service(
        kind="compose",
        path=where.path,
        name=name,
        environment=environment,
        variables=variables,
        replicas=replicas,
        grace=usual if given is None else duration(_text(given)),
        user=_text(_first(bodies, "user")),
        ports=tuple(_ports(_first(bodies, "ports"))),
        restart=_text(_first(bodies, "restart")),
        volumes=volumes,
        location=where.location(),
        has_more_variables=_first(bodies, "env_file") is not None,
        directory=_text(_first(bodies, "working_dir")),
        is_whole=is_whole,
    )


def _variables(bodies: list[Branch]) -> dict[str, Variable]:
    found: dict[str, Variable] = {}
    for body in reversed(bodies):
        environment = body.find("environment")
        if environment is None:
            continue
        for item in environment.items():
            name, equals, value = (interpolate(item.placed(), NOTHING).text if item.is_scalar else "").partition("=")
            known = value if equals and UNKNOWN not in value else None
            found[name] = Variable(known, item.location())
        for name, where, value_of in reversed(list(environment.entries())):
            found[name] = Variable(_text(value_of), where.location())
    return found


def _ports(ports: Branch | None) -> Iterator[str]:
    """What is published, as `host:container` is written."""
    for item in ports.items() if ports is not None else ():
        if item.is_scalar:
            yield interpolate(item.placed(), NOTHING).text
        elif (published := item.find("published")) is not None and published.is_scalar:
            parts = (_text(item.find("host_ip")), published.text, _text(item.find("target")))
            yield ":".join(part for part in parts if part)


def _volumes(volumes: Branch | None) -> Iterator[str]:
    for item in volumes.items() if volumes is not None else ():
        if item.is_scalar:
            yield item.text or ""
        elif item.is_mapping and (source := item.find("source")) is not None:
            target = item.find("target")
            yield f"{source.text}:{target.text if target is not None else ''}"


def _launches(bodies: list[Branch]) -> list[Launch]:
    """What a service starts: its entry point with its command as arguments."""
    entry = next((found for body in bodies if (found := body.find_all("entrypoint"))), [])
    command = next((found for body in bodies if (found := body.find_all("command"))), [])
    if not command:
        return [Launch(_between(key, value), words_of(value)) for key, value in entry]
    before = words_of(entry[0][1]) if entry else ()
    return [Launch(_between(key, value), (*before, *words_of(value))) for key, value in command]


def _between(key: Branch, value: Branch) -> Location:
    start, end = key.location(), value.location()
    return Location(start.path, start.line, start.column, max(end.end_line, start.line), end.end_column)


def words_of(value: Branch) -> tuple[Word, ...]:
    """The words of a command that is a list, or a string that is split as a shell would."""
    if value.is_sequence:
        return tuple(_whole(item) for item in value.items() if item.is_scalar)
    if not value.is_scalar:
        return ()
    script = read_shell(interpolate(value.placed(), NOTHING))
    return script.commands[0].words if script.commands else ()


def _whole(item: Branch) -> Word:
    placed = interpolate(item.placed(), NOTHING)
    return Word(placed.text, item.location(), quoted=True, places=tuple(placed.places))


def duration(text: str | None) -> float | None:
    """Seconds of `1m30s`, `90s` or `90`; None for anything else."""
    match = DURATION.fullmatch(text) if text else None
    if match is None:
        return None
    return sum(float(match[unit]) * factor for unit, factor in FACTORS.items() if match[unit])


def whole_number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isdecimal() else None
