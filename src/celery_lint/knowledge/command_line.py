"""The command-line options of Celery's commands and of Flower, read from real releases.

The table is `command_line.json`, which `tools/generate_command_line.py` writes.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec

__all__ = ["CommandLine", "CommandOption", "command_line", "options_of"]


class CommandOption(msgspec.Struct, frozen=True):
    """One option of one command, in the releases from `since` to `until` ("" when the newest still has it).

    `kind` is "flag", "integer", "float", "choice", "list" or "text"; only a flag takes no value. `variable` is the
    environment variable that also sets it, where Celery names one.
    """

    option: str
    names: tuple[str, ...]
    kind: str
    since: str
    until: str = ""
    choices: tuple[str, ...] = ()
    variable: str = ""

    @property
    def takes_value(self) -> bool:
        return self.kind != "flag"


class CommandLine(msgspec.Struct, frozen=True):
    """The releases that were read, oldest first, and what each command understands in them.

    "celery" among the commands holds the options that stand before the sub-command.
    """

    releases: tuple[str, ...]
    flower: str
    sub_commands: tuple[str, ...]
    commands: dict[str, tuple[CommandOption, ...]]


@cache
def command_line() -> CommandLine:
    return msgspec.json.decode(Path(__file__).with_suffix(".json").read_bytes(), type=CommandLine)


@cache
def options_of(command: str, version: tuple[int, ...] | None = None) -> dict[str, CommandOption]:
    """Spelling → option of a command in a Celery version; what any release knows when the version is unknown.

    A version older or newer than those that were read is taken for the nearest of them.
    """
    table = command_line()
    release = None if version is None else _nearest(version, [_parsed(each) for each in table.releases])
    return {
        name: option
        for option in table.commands[command]
        if release is None or _is_in(option, release)
        for name in option.names
    }


def _nearest(version: tuple[int, ...], releases: list[tuple[int, ...]]) -> tuple[int, ...]:
    return max((each for each in releases if each <= version[:2]), default=releases[0])


def _is_in(option: CommandOption, release: tuple[int, ...]) -> bool:
    return _parsed(option.since) <= release and (not option.until or release <= _parsed(option.until))


def _parsed(release: str) -> tuple[int, ...]:
    return tuple(int(part) for part in release.split("."))
