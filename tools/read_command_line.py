"""Prints as JSON the command-line options of the installed Celery and Flower.

`generate_command_line.py` runs it under each release; it imports those packages and nothing of celery-lint.
"""

from __future__ import annotations

import json
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import click

COMMANDS = ("worker", "beat", "multi")
KINDS = {"integer": "integer", "float": "float", "comma separated list": "list"}


def option(parameter: click.Option) -> dict[str, Any]:
    """The spellings of an option, what it takes, and the variable it is read from when it has one of its own."""
    kind = "flag" if parameter.is_flag else KINDS.get(parameter.type.name, "text")
    found: dict[str, Any] = {"names": sorted([*parameter.opts, *parameter.secondary_opts]), "kind": kind}
    choices = getattr(parameter.type, "choices", None)
    if choices and kind != "flag":
        found["kind"] = "choice"
        found["choices"] = sorted(str(choice) for choice in choices)
    if parameter.envvar:
        found["variable"] = str(parameter.envvar)
    return found


def celery_commands() -> dict[str, dict[str, Any]]:
    """Command → option → what it is; "celery" holds what stands before the sub-command."""
    from celery.bin.celery import celery

    commands = {"celery": celery, **{name: celery.commands[name] for name in COMMANDS}}
    return {
        name: {each.name or "": option(each) for each in command.params if isinstance(each, click.Option)}
        for name, command in commands.items()
    }


def flower_options() -> dict[str, Any]:
    """Flower's options as Tornado defines them: either of `-` and `_` joins their words."""
    import flower.options
    from tornado.options import options

    defined = flower.options.default_options
    known = {name.replace("-", "_"): each for name, each in options._options.items()}
    return {
        name: {"names": [f"--{name}"], "kind": "flag" if known[name].type is bool else "text"}
        for name in sorted(defined)
        if name in known
    }


def sub_commands() -> list[str]:
    from celery.bin.celery import celery

    return sorted(celery.commands)


if __name__ == "__main__":
    found = {"celery": version("celery"), "sub_commands": sub_commands(), "commands": celery_commands()}
    try:
        found["flower"] = version("flower")
        found["commands"]["flower"] = flower_options()
    except PackageNotFoundError:
        found["flower"] = None
    print(json.dumps(found, indent=1, sort_keys=True))
