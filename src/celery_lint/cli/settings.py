"""`celery-lint settings`."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import click

from celery_lint.cli.command import Command
from celery_lint.cli.terminal import UsageError, print_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from celery_lint.project.configuration import Datum, Environment
    from celery_lint.project.project import Project

__all__ = ["command"]

LONGEST = 60


_EXAMPLES = (
    ("of the project here", "celery-lint settings"),
    ("for programs", "celery-lint settings --format json shop"),
)


def command() -> click.Command:
    return Command(
        "settings",
        params=[
            click.Argument(["path"], default=".", type=click.Path(file_okay=False)),
            click.Option(
                ["--format", "format_"], type=click.Choice(["text", "json"]), default="text", help="How to print it."
            ),
        ],
        callback=_settings,
        help="Print every setting of Celery in each environment, where it comes from, and what is not known.",
        short_help="Show what Celery will see of the settings.",
        examples=_EXAMPLES,
    )


def _settings(path: str, format_: str) -> int:
    from celery_lint.engine import Request, plan
    from celery_lint.project import Project

    if not os.path.isdir(path):
        raise UsageError(f"{path} is not a directory")
    made = plan(Request(paths=(path,)))
    project = Project(made.discovery.root, made.discovery.files, target_celery=made.settings.target_celery)
    tables = [
        table(project, environment)
        for configuration in project.configurations
        for environment in configuration.environments
    ]
    if format_ == "json":
        print_lines([json.dumps({"version": 1, "environments": tables}, indent=2)])
    else:
        print_lines([line for each in tables for line in lines(each)] or ["No Celery app in the tree."])
    return 0


def table(project: Project, environment: Environment) -> dict[str, Any]:
    """An environment as JSON holds it."""
    version = project.celery_version
    settings = []
    for name in dict.fromkeys(given.setting for given in environment.given if given.setting):
        effective = environment.setting(name)
        values = [
            {
                "value": shown(option),
                "state": option.state.value,
                "path": option.path,
                "line": option.span.line,
                "variable": option.variable or None,
            }
            for option in effective.options
        ]
        if values:
            settings.append({"name": name, "state": effective.state.value, "values": values})
    gaps = [{"path": gap.path, "line": gap.span.line, "reason": gap.reason} for gap in environment.gaps]
    return {
        "app": environment.configuration.app.path,
        "environment": environment.title,
        "kind": environment.kind,
        "celery": ".".join(map(str, version)) if version else None,
        "settings": sorted(settings, key=lambda setting: setting["name"]),
        "unknown": gaps,
    }


def lines(table: dict[str, Any]) -> Iterator[str]:
    yield f"{table['environment']} ({table['kind']}), app in {table['app']}, Celery {table['celery'] or 'unknown'}"
    width = max((len(setting["name"]) for setting in table["settings"]), default=0)
    for setting in table["settings"]:
        for value in setting["values"]:
            origin = f"{value['path']}:{value['line']}"
            if value["variable"]:
                origin += f", from {value['variable']}"
            yield f"  {setting['name']:<{width}}  {value['state']:<7}  {value['value']}  ({origin})"
    for gap in table["unknown"]:
        yield f"  unknown: {gap['reason']} ({gap['path']}:{gap['line']})"
    yield ""


def shown(datum: Datum) -> str:
    """A value in few characters; passwords in URLs are left out."""
    from celery_lint.project.configuration.display import displayed

    text = displayed(datum)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
