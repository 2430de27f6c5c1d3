"""Dockerfiles: what each stage starts, as whom, and with which variables."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from msgspec import Struct

from celery_lint.project.services.invocation import Launch
from celery_lint.project.services.service import Environment, Service, Variable
from celery_lint.project.services.shell import read_shell
from celery_lint.project.services.text import UNKNOWN, PlacedText, Word

__all__ = ["dockerfile_services", "uses_alpine"]

INSTRUCTION = re.compile(r"[ \t]*([A-Za-z]+)[ \t]+")
CONTINUED = re.compile(r"\\[ \t]*\n(?:[ \t]*#[^\n]*\n)*")
FROM = re.compile(r"(?:--\S+\s+)*(?P<image>\S+)(?:\s+[Aa][Ss]\s+(?P<name>\S+))?")
ALPINE = re.compile(rb"(?im)^FROM\s.*alpine")
JSON_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
DEVELOPMENT_STAGE = re.compile(r"(?:^|[^a-z])(?:dev|devel|development|local|debug|test|tests|testing|ci)(?:$|[^a-z])")


class Stage(Struct):
    """A stage as it is after its instructions so far."""

    name: str
    first: PlacedText
    entry: PlacedText | None = None
    command: PlacedText | None = None
    user: str | None = None
    variables: dict[str, Variable] = {}
    is_own: bool = False


def dockerfile_services(text: PlacedText, environment: Environment) -> Iterator[tuple[Service, list[Launch]]]:
    """Each stage that has a command of its own, or sets a variable."""
    for stage in _stages(text):
        if not stage.is_own:
            continue
        place = environment
        if place == "production" and DEVELOPMENT_STAGE.search(stage.name.lower()):
            place = "development"
        service = Service(
            kind="dockerfile",
            path=text.path,
            name=stage.name,
            environment=place,
            variables=stage.variables,
            user=stage.user,
            location=stage.first.location(0, 4),
        )
        yield service, _launches(stage)


def _stages(text: PlacedText) -> list[Stage]:
    stages: list[Stage] = []
    for name, rest in _instructions(text):
        if name == "FROM":
            stages.append(_stage(rest, stages))
            continue
        if not stages:
            continue
        stage = stages[-1]
        if name == "CMD":
            stage.command, stage.is_own = rest, True
        elif name == "ENTRYPOINT":
            stage.entry, stage.command, stage.is_own = rest, None, True
        elif name == "USER":
            user = rest.text.split(":")[0].strip()
            stage.user = None if "$" in user else user
        elif name == "ENV":
            stage.variables.update(_variables(rest))
            stage.is_own = True
    return stages


def _instructions(text: PlacedText) -> Iterator[tuple[str, PlacedText]]:
    """Name and the rest of each instruction, its continued lines as one."""
    at = 0
    source = text.text
    while at < len(source):
        end = at
        while True:
            line_end = source.find("\n", end)
            line_end = len(source) if line_end < 0 else line_end
            continued = CONTINUED.match(source, _last_backslash(source, end, line_end))
            if continued is None or source[at:line_end].lstrip().startswith("#"):
                break
            end = continued.end()
        match = INSTRUCTION.match(source, at)
        if match is not None and not source[at:line_end].lstrip().startswith("#"):
            rest = text.part(match.end(), line_end)
            pieces = [(m.start(), m.end(), " ") for m in CONTINUED.finditer(rest.text)]
            yield match[1].upper(), rest.replaced(pieces)
        at = line_end + 1


def _last_backslash(source: str, start: int, end: int) -> int:
    stripped = source[start:end].rstrip(" \t\r")
    return start + len(stripped) - 1 if stripped.endswith("\\") else end


def _stage(rest: PlacedText, stages: list[Stage]) -> Stage:
    match = FROM.match(rest.text)
    image = match["image"] if match else ""
    name = (match["name"] if match else "") or f"stage {len(stages) + 1}"
    base = next((stage for stage in reversed(stages) if stage.name == image), None)
    if base is None:
        return Stage(name, rest)
    return Stage(name, rest, base.entry, base.command, base.user, dict(base.variables))


def _variables(rest: PlacedText) -> Iterator[tuple[str, Variable]]:
    """`ENV A=1 B=2`, or the old `ENV A 1`."""
    location = rest.location(0, len(rest.text.rstrip()))
    words = read_shell(rest.as_arguments()).commands[0].words[1:]
    if words and "=" not in words[0].text:
        yield words[0].text, Variable(" ".join(word.text for word in words[1:]), location)
        return
    for word in words:
        name, _, value = word.text.partition("=")
        yield name, Variable(None if UNKNOWN in value else value, word.location)


def _launches(stage: Stage) -> list[Launch]:
    """An entry point in shell form takes no arguments; else the command is its arguments."""
    entry = _launch(stage.entry) if stage.entry is not None else None
    command = _launch(stage.command) if stage.command is not None else None
    if entry is None or command is None:
        return [each for each in (entry, command) if each is not None]
    if entry.shell is not None:
        return [entry]
    if command.shell is not None:
        return [entry, Launch(command.statement, shell=command.shell, signals=None)]
    return [Launch(command.statement, (*entry.words, *command.words))]


def _launch(rest: PlacedText) -> Launch:
    statement = rest.location(0, len(rest.text.rstrip()))
    try:
        listed = json.loads(rest.text)
    except ValueError:
        listed = None
    if not isinstance(listed, list) or not all(isinstance(item, str) for item in listed):
        return Launch(statement, shell=rest)
    words = []
    for match, value in zip(JSON_STRING.finditer(rest.text), listed, strict=False):
        places = rest.places[match.start() + 1 : match.end() - 1]
        same = tuple(places) if len(places) == len(value) else ()
        words.append(Word(value, rest.location(match.start(), match.end()), quoted=True, places=same))
    return Launch(statement, tuple(words))


def uses_alpine(source: bytes) -> bool:
    """Whether an image is built on Alpine, whose `sh` is not the one of Debian."""
    return ALPINE.search(source) is not None
