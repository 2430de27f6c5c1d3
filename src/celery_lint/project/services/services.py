"""Every command line of a project's deployment files that runs Celery, found when first asked for."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from celery_lint.finding import Location
from celery_lint.knowledge.deployment import kind_of
from celery_lint.project.services.arguments import Arguments, parse_flower, parse_global, parse_multi, parse_options
from celery_lint.project.services.commands import BeatCommand, Command, FlowerCommand, WorkerCommand
from celery_lint.project.services.dockerfile import dockerfile_services, uses_alpine
from celery_lint.project.services.invocation import Invocation, Launch, invocations
from celery_lint.project.services.mistakes import mistakes
from celery_lint.project.services.service import Environment, Kind, Service, environment_of
from celery_lint.project.services.templates import placed_lines
from celery_lint.project.services.text import PlacedText
from celery_lint.project.services.units import procfile_services, supervisor_services, systemd_services

if TYPE_CHECKING:
    from celery_lint.project.project import Project

__all__ = ["BrokenFile", "Services"]

MENTIONS = (b"celery", b"flower", b"C_FORCE_ROOT")
SHEBANG = re.compile(rb"#!.*\b(?:sh|bash|dash|ash|zsh|execlineb|with-contenv)\b")
LARGEST = 1_000_000
"""Bytes of a deployment file; what is larger is data."""

COMMANDS: dict[str, type[Command]] = {"worker": WorkerCommand, "beat": BeatCommand, "flower": FlowerCommand}
LOCKING = ("redbeat", "RedBeatScheduler")
"""Words in the names of schedulers that let only one Beat work."""

STARTING = frozenset({"start", "restart"})
S6 = ("services.d", "s6-rc.d", "s6-overlay", "sv", "service")


class BrokenFile(Struct, frozen=True):
    """A deployment file that speaks of Celery and cannot be read."""

    path: str
    line: int
    column: int
    message: str


class Services:
    """The services of a project and the Celery commands they run."""

    def __init__(self, project: Project, paths: Sequence[str]) -> None:
        self._project = project
        self._paths = tuple(paths)
        self._broken: list[BrokenFile] = []

    @cached_property
    def files(self) -> tuple[str, ...]:
        """The deployment files that speak of Celery, or of a script of the project that does."""
        small = [path for path in self._paths if self._is_small(path)]
        relevant = {path for path in small if self._is_relevant(path, MENTIONS)}
        scripts = tuple(os.path.basename(path).encode() for path in relevant if self._is_script(path))
        relevant.update(path for path in small if scripts and self._is_relevant(path, scripts))
        return tuple(path for path in self._paths if path in relevant)

    def _is_relevant(self, path: str, words: Sequence[bytes]) -> bool:
        kind = kind_of(os.path.basename(path))
        if kind is None:
            return False
        content = self._project.sources.read(path)
        if not any(word in content for word in words):
            return False
        return kind != "script" or path.endswith((".sh", ".bash")) or SHEBANG.match(content) is not None

    def _is_small(self, path: str) -> bool:
        size = self._project.sources.size(path)
        if size > LARGEST:
            if kind_of(os.path.basename(path)) == "yaml" and re.search(r"compose", os.path.basename(path)):
                self._broken.append(
                    BrokenFile(path, 1, 1, f"is larger than {LARGEST // 1_000_000} MB, so it is not read")
                )
            return False
        return True

    @property
    def broken(self) -> tuple[BrokenFile, ...]:
        """The files that cannot be read, in their order."""
        _ = self.all
        return tuple(sorted(self._broken, key=lambda each: each.path))

    @cached_property
    def started(self) -> tuple[tuple[Service, tuple[Launch, ...]], ...]:
        """Each service of those files, with what it starts."""
        found = []
        for path in self.files:
            for service, launches in self._services(path):
                found.append((service, tuple(launches)))
        return tuple(found)

    @cached_property
    def all(self) -> tuple[Command, ...]:
        """Every Celery command, in the order of files and lines; one for each service that runs it."""
        found: list[Command] = []
        reached: set[str] = set()
        for service, launches in self.started:
            for launch in launches:
                for each in invocations(launch, service.values, self._script):
                    reached.add(each.head.location.path)
                    found += self._commands(each, service)
        for path in self.files:
            if self._is_script(path) and path not in reached:
                found += self._of_script(path)
        return tuple(sorted(found, key=lambda each: (each.location, each.service.path, each.service.name)))

    @cached_property
    def workers(self) -> tuple[WorkerCommand, ...]:
        return tuple(each for each in self.all if isinstance(each, WorkerCommand))

    @cached_property
    def beats(self) -> tuple[BeatCommand, ...]:
        return tuple(each for each in self.all if isinstance(each, BeatCommand))

    @cached_property
    def flowers(self) -> tuple[FlowerCommand, ...]:
        return tuple(each for each in self.all if isinstance(each, FlowerCommand))

    @cached_property
    def doubled_beats(self) -> Mapping[Command, int]:
        """Each Beat that is one of several in production → how many its file starts of it."""
        if any(self._project.sources.mentioning(word) for word in LOCKING):
            return {}
        beats: dict[tuple[str, str | None], list[Command]] = {}
        for each in self.all:
            is_beat = isinstance(each, BeatCommand) or (isinstance(each, WorkerCommand) and each.beat is not None)
            scheduler = (each.value("scheduler") or "").lower()
            if is_beat and each.is_production and "redbeat" not in scheduler:
                beats.setdefault((each.service.path, each.app), []).append(each)
        found = {}
        for several in beats.values():
            count = sum(each.service.replicas if each.service.replicas is not None else 1 for each in several)
            if count > 1:
                found.update(dict.fromkeys(several, count))
        return found

    @cached_property
    def mistakes(self) -> tuple[tuple[Location, Command, str], ...]:
        """What is wrong with the command lines outside tests, in words; nothing before Celery 5."""
        version = self._project.celery_version
        if version is not None and version < (5,):
            return ()
        has_own = bool(self._project.sources.mentioning("user_options"))
        return tuple(
            (location, each, problem)
            for each in self.all
            if each.service.environment != "tests"
            for location, problem in mistakes(each, has_own_options=has_own)
        )

    def mentions(self, text: bytes) -> bool:
        """Whether the text stands in some deployment file, whatever the file is about."""
        return any(self._is_small(path) and text in self._project.sources.read(path) for path in self._paths)

    @cached_property
    def has_flower_file(self) -> bool:
        """Whether Flower finds a configuration file in the project."""
        return any(os.path.basename(path) == "flowerconfig.py" for path in self._project.sources.files)

    @cached_property
    def uses_alpine(self) -> bool:
        """Whether some image of the project is built on Alpine."""
        return any(
            uses_alpine(self._project.sources.read(path))
            for path in self._paths
            if kind_of(os.path.basename(path)) == "dockerfile" and self._project.sources.size(path) <= LARGEST
        )

    # Files

    def _text(self, path: str) -> str:
        return self._project.sources.read(path).decode("utf-8-sig", "replace")

    def _environment(self, path: str) -> Environment:
        directory = os.path.dirname(path)
        siblings = {os.path.basename(each) for each in self._paths if os.path.dirname(each) == directory}
        return environment_of(path, frozenset(siblings - {os.path.basename(path)}))

    def _is_script(self, path: str) -> bool:
        return kind_of(os.path.basename(path)) == "script"

    def _services(self, path: str) -> Iterator[tuple[Service, list[Launch]]]:
        kind = kind_of(os.path.basename(path))
        environment = self._environment(path)
        if kind == "yaml":
            yield from self._of_yaml(path, environment)
        elif kind == "procfile":
            yield from procfile_services(placed_lines(path, self._text(path)), environment)
        elif kind == "dockerfile":
            yield from dockerfile_services(placed_lines(path, self._text(path)), environment)
        elif kind == "systemd":
            yield from systemd_services(placed_lines(path, self._text(path)), environment)
        elif kind == "supervisor":
            yield from supervisor_services(placed_lines(path, self._text(path)), environment)

    def _of_yaml(self, path: str, environment: Environment) -> Iterator[tuple[Service, list[Launch]]]:
        from celery_lint.project.services.compose import compose_services
        from celery_lint.project.services.documents import documents
        from celery_lint.project.services.manifests import kubernetes_services, platform_services

        found, broken = documents(path, self._text(path))
        if broken is not None:
            self._broken.append(BrokenFile(path, broken.line, broken.column, broken.message))
        for document in found:
            yield from compose_services(document, environment)
            yield from kubernetes_services(document, environment)
            yield from platform_services(document, environment)

    def _of_script(self, path: str) -> Iterator[Command]:
        """A script that nothing starts, as far as it can be seen."""
        directories = path.split("/")[:-1]
        is_s6 = path.endswith("/run") and not set(S6).isdisjoint(directories)
        kind: Kind = "s6" if is_s6 else "script"
        name = directories[-1] if is_s6 else os.path.basename(path)
        service = Service(kind, path, name, self._environment(path))
        launch = Launch(None, shell=placed_lines(path, self._text(path)), shell_name="script", signals=None)
        for each in invocations(launch, {}, lambda _: None):
            yield from self._commands(each, service)

    @cached_property
    def _scripts(self) -> dict[str, list[str]]:
        """The last part of a script's path → the scripts of that name that speak of Celery."""
        found: dict[str, list[str]] = {}
        for path in self.files:
            if self._is_script(path):
                found.setdefault(os.path.basename(path), []).append(path)
        return found

    def _script(self, named: str) -> PlacedText | None:
        """The script that a command names, when one file of the tree certainly is it."""
        candidates = self._scripts.get(named.rsplit("/", 1)[-1], [])
        parts = named.strip("./").split("/")
        while len(candidates) > 1 and len(parts) > 1:
            nearer = [path for path in candidates if ("/" + path).endswith("/" + "/".join(parts))]
            if nearer:
                candidates = nearer
                break
            parts = parts[1:]
        return placed_lines(candidates[0], self._text(candidates[0])) if len(candidates) == 1 else None

    # Commands

    def _commands(self, invocation: Invocation, service: Service) -> Iterator[Command]:
        version = self._project.celery_version
        service = service.exporting(invocation.exports, invocation.head.location)
        if invocation.program == "flower":
            yield FlowerCommand(invocation, service, Arguments(), parse_flower(invocation.words), None, None)
            return
        before = parse_global(invocation.words, version)
        if not before.rest:
            return
        sub_command, words = before.rest[0].text, before.rest[1:]
        app = self._app(before)
        if sub_command == "multi":
            if words and words[0].text in STARTING:
                inner, arguments = parse_multi(words[1:], version)
                yield WorkerCommand(invocation, service, inner, arguments, *self._app(inner))
        elif sub_command == "flower":
            yield FlowerCommand(invocation, service, before, parse_flower(words), *app)
        elif sub_command in COMMANDS:
            arguments = parse_options(sub_command, words, version)
            yield COMMANDS[sub_command](invocation, service, before, arguments, *app)

    def _app(self, before: Arguments) -> tuple[str | None, str | None]:
        """The file of the app that `-A` names, and its Django project."""
        given = before.find("app")
        if given is None or given.value is None:
            return None, None
        module = given.value.split(":")[0]
        sources = self._project.sources
        for name in (f"{module}.celery", module, f"{module}.__init__", module.rpartition(".")[0]):
            path = sources.find_module(name, "") if name else None
            if path is not None:
                return path, self._project.settings.home(path)
        return None, None
