"""What runs a command: a service of a compose file, a unit, a container, a line of a Procfile, a script."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Literal

from msgspec import Struct, structs

from celery_lint.finding import Location
from celery_lint.project.places import place_of
from celery_lint.project.services.text import UNKNOWN

__all__ = ["DEFAULT_GRACE", "Environment", "Kind", "Service", "Variable", "environment_of", "is_for_developers"]

Kind = Literal["compose", "kubernetes", "dockerfile", "procfile", "systemd", "supervisor", "s6", "script", "platform"]
Environment = Literal["production", "development", "tests"]

CONTAINERS = frozenset({"compose", "kubernetes", "dockerfile"})
DEFAULT_GRACE = {"compose": 10.0, "kubernetes": 30.0, "systemd": 90.0, "supervisor": 10.0}
"""Seconds between the signal to stop and the kill, unless the file says otherwise. Of systemd it is the most that
distributions choose."""

TESTS = re.compile(r"(?:^|[^a-z])(?:test|tests|testing|ci|cicd|e2e|pytest|unittest|github|gitlab)(?:$|[^a-z])")
DEVELOPMENT = re.compile(
    r"(?:^|[^a-z])(?:local|localdev|dev|devel|develop|development|developer|devcontainer|devstack|debug|override"
    r"|example|examples|sample|demo|tilt|vagrant|tutorial|quickstart|lite)(?:$|[^a-z])"
)
PRODUCTION = re.compile(r"(?:^|[^a-z])(?:prod|production|deploy|deployment|live|staging|stage)(?:$|[^a-z])")
TRUE = frozenset({"1", "true", "yes", "on", "y", "t"})


class Variable(Struct, frozen=True):
    """A variable in a service's environment; `value` is None when it comes from elsewhere."""

    value: str | None
    location: Location


class Service(Struct, frozen=True, eq=False):
    """One service and what its file says of it. None stands for what is not said, or not known.

    `replicas` are how many of it run, `grace` the seconds it has to stop, by its file or by what runs it; `ports`
    what is published of it, `volumes` what is mounted, as `source:target`. `is_scaled` says that an autoscaler sets
    the number, `has_more_variables` that a file of variables is read, `is_whole` that no template or other file adds
    to what is seen.
    """

    kind: Kind
    path: str
    name: str
    environment: Environment
    variables: Mapping[str, Variable] = {}
    replicas: int | None = None
    is_scaled: bool = False
    grace: float | None = None
    user: str | None = None
    ports: tuple[str, ...] = ()
    restart: str | None = None
    volumes: tuple[str, ...] = ()
    location: Location | None = None
    has_more_variables: bool = False
    directory: str | None = None
    is_whole: bool = True

    @property
    def is_production(self) -> bool:
        return self.environment == "production"

    @property
    def is_deployed(self) -> bool:
        """Whether it is certainly not a developer's alone: compose files of no such name may be for both."""
        name = PurePosixPath(self.path).name.lower()
        return self.is_production and (self.kind != "compose" or PRODUCTION.search(name) is not None)

    @property
    def is_container(self) -> bool:
        return self.kind in CONTAINERS

    @property
    def values(self) -> dict[str, str]:
        """The variables whose value is known."""
        return {name: each.value for name, each in self.variables.items() if each.value is not None}

    def exporting(self, exports: Mapping[str, str], location: Location) -> Service:
        """The service as a command in it sees it, after a shell has set variables."""
        if not exports:
            return self
        added = {name: Variable(None if UNKNOWN in value else value, location) for name, value in exports.items()}
        return structs.replace(self, variables={**self.variables, **added})

    def is_on(self, variable: str) -> bool:
        """Whether a variable is certainly set to something that means yes."""
        return self.values.get(variable, "").lower() in TRUE


def environment_of(path: str, siblings: frozenset[str] = frozenset()) -> Environment:
    """Whom a deployment file is for, by its path and by the files beside it.

    A compose file without a word of its own beside one for production is what developers start.
    """
    if place_of(path) == "tests":
        return "tests"
    parts = [part.lower() for part in PurePosixPath(path.replace("usr/local", "usr")).parts]
    name = parts[-1]
    if PRODUCTION.search(name):
        return "production"
    for pattern, environment in ((TESTS, "tests"), (DEVELOPMENT, "development")):
        if any(pattern.search(part) for part in parts):
            return environment  # type: ignore[return-value]
    if re.match(r"(?:docker-)?compose\.ya?ml$", name) and any(PRODUCTION.search(other) for other in siblings):
        return "development"
    return "production"


def is_for_developers(volumes: tuple[str, ...], variables: Mapping[str, Variable], image: str = "") -> bool:
    """Whether a container runs the files of the checkout, or says that it is a developer's."""
    if DEVELOPMENT.search(image.rpartition(":")[2].lower()) and ":" in image:
        return True
    if any(re.match(r"(?:\.{1,2}/?|\$\{?PWD\}?|" + UNKNOWN + r")(?:[^/:]*/?)?:/", volume) for volume in volumes):
        return True
    for name in ("DEBUG", "DJANGO_DEBUG"):
        variable = variables.get(name)
        if variable is not None and variable.value is not None and variable.value.lower() in TRUE:
            return True
    settings = variables.get("DJANGO_SETTINGS_MODULE")
    return settings is not None and settings.value is not None and bool(DEVELOPMENT.search(settings.value))
