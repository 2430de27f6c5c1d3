"""The help of each command, and what shells complete; the shells are real."""

from __future__ import annotations

import os
import pty
import re
import select
import shlex
import shutil
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path

import click
import pytest

from celery_lint.cli import COMMANDS, SHELLS
from celery_lint.cli.command import HEADINGS, Command
from celery_lint.config import OPTIONS

PATIENCE = 30


def made(name: str) -> click.Command:
    command = import_module(f"celery_lint.cli.{name}").command()
    assert isinstance(command, click.Command)
    return command


def parts(name: str) -> list[Command]:
    """The command, or the commands below it."""
    command = made(name)
    parts = list(command.commands.values()) if isinstance(command, click.Group) else [command]
    assert all(isinstance(each, Command) for each in parts)
    return parts


def printed(*arguments: str) -> str:
    command = [sys.executable, "-m", "celery_lint", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


each_command = pytest.mark.parametrize("name", COMMANDS)


def test_commands_are_listed() -> None:
    out = printed("--help")
    assert [name for name in COMMANDS if not re.search(rf"^  {name} +[A-Z].*\.$", out, flags=re.MULTILINE)] == []


@each_command
def test_help_fits_the_terminal(name: str) -> None:
    out = printed(name, "-h")
    assert out.startswith(f"Usage: celery-lint {name} ")
    assert [line for line in out.splitlines() if len(line) > 80] == []


@each_command
def test_examples_are_right(name: str) -> None:
    for what, line in (example for each in parts(name) for example in each.examples):
        assert what
        words = shlex.split(re.split(r" [<>|] ", line)[0])
        assert words[0] == "celery-lint"
        chosen = made(words[1])
        if isinstance(chosen, click.Group):
            chosen = chosen.commands[words[2]]
        chosen.make_context(name, words[3 if len(parts(words[1])) > 1 else 2 :])


def test_options_of_check_stand_under_headings() -> None:
    out = printed("check", "--help")
    assert [heading for heading in HEADINGS if f"\n{heading}:\n" not in out] == []
    last = out[out.index("\nOptions:\n") :]
    assert re.findall(r"--[\w-]+", last.split("\n\n")[0]) == ["--help"], "cli/command.py says where options stand"
    assert [option.name for option in OPTIONS if option.flag and option.name not in out] == []


def test_headings_name_options_that_there_are() -> None:
    options = {option for each in made("check").params for option in each.opts}
    assert [name for names in HEADINGS.values() for name in names if f"--{name}" not in options] == []


def test_every_option_of_check_has_a_variable() -> None:
    """Those of the option table are read with the configuration, so that settings can say where they come from."""
    without = {
        each.opts[-1]
        for each in made("check").params
        if isinstance(each, click.Option) and not each.envvar and f"{each.opts[-1]}" not in FROM_TABLE
    }
    assert without == {"--add-ignore", "--plugin", "--show-files", "--show-settings", "--stdin-display-name"}


FROM_TABLE = {*(f"--{option.name}" for option in OPTIONS), "--error", "--warning", "--info", "--off"}


@pytest.fixture
def program(tmp_path: Path) -> dict[str, str]:
    """An environment in which `celery-lint` is this one, and nobody's shell configuration is read."""
    script = tmp_path / "bin" / "celery-lint"
    script.parent.mkdir()
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m celery_lint "$@"\n', encoding="utf-8")
    script.chmod(0o755)
    path = f"{script.parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "HOME": str(tmp_path), "TERM": "xterm", "PS1": "$ ", "COLUMNS": "200"}


def typed(shell: list[str], environment: dict[str, str], keys: str, until: str) -> str:
    """What a terminal shows after the keys, without its colours: up to the expected text, or while patience lasts."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvpe(shell[0], shell, environment)
    raw, seen = b"", ""
    try:
        os.write(terminal, keys.encode())
        end = time.monotonic() + PATIENCE
        while until not in seen and time.monotonic() < end:
            ready, _, _ = select.select([terminal], [], [], 0.5)
            if ready:
                try:
                    raw += os.read(terminal, 65536)
                except OSError:
                    break
            seen = re.sub(r"\x1b\[[?\d;]*[a-zA-Z]|\r", "", raw.decode(errors="replace"))
    finally:
        os.kill(pid, 9)
        os.waitpid(pid, 0)
        os.close(terminal)
    return seen


def require(shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not here")


LINES = (
    ("celery-lint rule delay-in-atomic-req\t\n", "CLT102 delay-in-atomic-request"),
    ("celery-lint conf\tmin-sev\t\n", "CELERY_LINT_MIN_SEVERITY"),
    ("celery-lint --vers\t\n", "celery-lint 0."),
    ("celery-lint check --show-se\t--sel\tCLT102,CLT90\t\n", 'select = ["CLT102", "CLT90'),
    ("celery-lint check --show-set\t--persona ped\t\n", 'persona = "pedantic"  # command line'),
    ("celery-lint --show-fil\tsome_mod\t\n", "\nsome_module.py\n"),
)


class TestCompletion:
    @pytest.mark.parametrize("shell", SHELLS)
    def test_script_is_sound(self, shell: str) -> None:
        require(shell)
        script = printed("--completions", shell)
        subprocess.run([shell, "-n"], input=script, text=True, check=True)

    @pytest.mark.parametrize(("keys", "expected"), LINES)
    def test_bash(self, program: dict[str, str], tmp_path: Path, keys: str, expected: str) -> None:
        require("bash")
        (tmp_path / "some_module.py").touch()
        start = tmp_path / "start"
        start.write_text(f'cd "{tmp_path}"\neval "$(celery-lint --completions bash)"\n', encoding="utf-8")
        assert expected in typed(["bash", "--noprofile", "--rcfile", str(start), "-i"], program, keys, expected)

    @pytest.mark.parametrize(("keys", "expected"), LINES)
    def test_zsh(self, program: dict[str, str], tmp_path: Path, keys: str, expected: str) -> None:
        require("zsh")
        (tmp_path / "some_module.py").touch()
        start = tmp_path / ".zshrc"
        start.write_text(
            f'cd "{tmp_path}"\nautoload -U compinit\ncompinit -u -D\neval "$(celery-lint --completions zsh)"\n',
            encoding="utf-8",
        )
        environment = {**program, "ZDOTDIR": str(tmp_path)}
        assert expected in typed(["zsh", "-d", "-i"], environment, keys, expected)

    @pytest.mark.parametrize(
        ("line", "expected"),
        [
            ("rule delay-in-atomic-req", "delay-in-atomic-request"),
            ("conf", "config"),
            ("config min-sev", "min-severity"),
            ("--vers", "--version"),
            ("--select CLT102,CLT101", "CLT102,CLT101"),
            ("check --persona ped", "pedantic"),
        ],
    )
    def test_fish(self, program: dict[str, str], line: str, expected: str) -> None:
        require("fish")
        command = f"celery-lint --completions fish | source; complete -C 'celery-lint {line}'"
        shown = subprocess.run(["fish", "-N", "-c", command], env=program, capture_output=True, text=True, check=True)
        assert [expected] == [each.split("\t")[0] for each in shown.stdout.splitlines()]
