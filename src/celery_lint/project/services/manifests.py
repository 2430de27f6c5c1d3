"""Kubernetes manifests and Helm templates, and the files of hosting platforms."""

from __future__ import annotations

import re
from collections.abc import Iterator

from celery_lint.finding import Location
from celery_lint.project.services.compose import duration, whole_number
from celery_lint.project.services.documents import Branch
from celery_lint.project.services.invocation import Launch
from celery_lint.project.services.service import DEFAULT_GRACE, Environment, Service, Variable, is_for_developers
from celery_lint.project.services.shell import read_shell
from celery_lint.project.services.text import UNKNOWN, Word

__all__ = ["kubernetes_services", "platform_services"]

REFERENCE = re.compile(r"\$\(([A-Za-z_][\w.-]*)\)")
START_KEYS = frozenset({"startCommand", "start_command", "run_command"})
HEROKU = "heroku.yml"


def kubernetes_services(root: Branch, environment: Environment) -> Iterator[tuple[Service, list[Launch]]]:
    """Each container of the pods that a manifest describes."""
    kind = root.find("kind")
    if kind is None:
        return
    replicas = _text(root.find("spec", "replicas"))
    for pod in root.below():
        containers = pod.find("containers") if pod.is_mapping else None
        if containers is None:
            continue
        given = pod.find("terminationGracePeriodSeconds")
        usual = None if root.is_template else DEFAULT_GRACE["kubernetes"]
        grace = usual if given is None else duration(_text(given))
        user = _text(pod.find("securityContext", "runAsUser"))
        for container in containers.items():
            variables = _variables(container.find("env"))
            name = container.find("name")
            service = Service(
                kind="kubernetes",
                path=root.path,
                name=(name.text if name is not None else None) or "container",
                environment="development" if is_for_developers((), variables) else environment,
                variables=variables,
                replicas=whole_number(replicas),
                grace=grace,
                user=_text(container.find("securityContext", "runAsUser")) or user,
                volumes=tuple(_mounts(container.find("volumeMounts"))),
                location=(name or container).location(),
                directory=_text(container.find("workingDir")),
                is_whole=not root.is_template,
            )
            launches = _launches(container, service)
            yield service, launches


def _text(branch: Branch | None) -> str | None:
    text = branch.text if branch is not None else None
    return None if text is None or UNKNOWN in text else text


def _variables(env: Branch | None) -> dict[str, Variable]:
    found: dict[str, Variable] = {}
    for item in env.items() if env is not None else ():
        name = item.find("name")
        if name is not None and name.text:
            found[name.text] = Variable(_text(item.find("value")), name.location())
    return found


def _mounts(mounts: Branch | None) -> Iterator[str]:
    for item in mounts.items() if mounts is not None else ():
        yield f"{_text(item.find('name')) or UNKNOWN}:{_text(item.find('mountPath')) or UNKNOWN}"


def _launches(container: Branch, service: Service) -> list[Launch]:
    """The command with its arguments; in a template each of several commands."""
    arguments = [word for _, value in container.find_all("args") for word in _words(value, service)]
    commands = container.find_all("command")
    if not commands:
        return [Launch(_between(key, value), tuple(arguments)) for key, value in container.find_all("args")[:1]]
    return [Launch(_between(key, value), (*_words(value, service), *arguments)) for key, value in commands]


def _between(key: Branch, value: Branch) -> Location:
    start, end = key.location(), value.location()
    return Location(start.path, start.line, start.column, max(end.end_line, start.line), end.end_column)


def _words(value: Branch, service: Service) -> list[Word]:
    words = []
    for item in value.items():
        if not item.is_scalar:
            continue
        placed = item.placed()
        known = service.values
        text = placed.replaced(
            [(m.start(), m.end(), known.get(m[1], UNKNOWN)) for m in REFERENCE.finditer(placed.text)]
        )
        words.append(
            Word(text.text, item.location(), quoted=True, many=text.text == UNKNOWN, places=tuple(text.places))
        )
    return words


def platform_services(root: Branch, environment: Environment) -> Iterator[tuple[Service, list[Launch]]]:
    """Processes of a hosting platform's file, each given as one line for a shell."""
    for each in root.below():
        if not each.is_mapping:
            continue
        for key, where, value in each.entries(0):
            if key in START_KEYS and value.is_scalar:
                name = each.find("name")
                yield _process((name.text if name is not None else None) or key, where, value, environment)
    processes = root.find("run") if root.path.rsplit("/", 1)[-1] == HEROKU else None
    for key, where, value in processes.entries() if processes is not None else ():
        if value.is_scalar:
            yield _process(key, where, value, environment)


def _process(name: str, where: Branch, value: Branch, environment: Environment) -> tuple[Service, list[Launch]]:
    service = Service("platform", where.path, name, environment, location=where.location())
    statement = _between(where, value)
    commands = read_shell(value.placed()).commands
    return service, [Launch(statement, command.words, signals=None) for command in commands]
