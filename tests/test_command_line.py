"""The table of command-line options is what the installed Celery and Flower say of themselves."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from celery_lint.knowledge.command_line import command_line, options_of

READER = Path(__file__).resolve().parent.parent / "tools" / "read_command_line.py"


@pytest.fixture(scope="module")
def installed() -> dict[str, Any]:
    done = subprocess.run([sys.executable, READER], check=True, capture_output=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.celery
class TestTable:
    @pytest.mark.parametrize("command", ["celery", "worker", "beat", "multi"])
    def test_options_are_those_of_the_installed_release(self, command: str, installed: dict[str, Any]) -> None:
        release = tuple(int(part) for part in version("celery").split(".")[:2])
        known = {option.option: option for option in options_of(command, release).values()}
        expected = {
            name: (each["names"], each["kind"], each.get("choices", []))
            for name, each in installed["commands"][command].items()
        }
        assert expected == {name: (list(each.names), each.kind, list(each.choices)) for name, each in known.items()}

    def test_options_of_flower(self, installed: dict[str, Any]) -> None:
        assert set(installed["commands"]["flower"]) == {each.option for each in options_of("flower").values()}

    def test_every_supported_release_is_there(self) -> None:
        assert command_line().releases[0] == "5.3"
        assert version("celery").rpartition(".")[0] in command_line().releases


def test_an_option_that_changed_is_told_apart_by_release() -> None:
    assert ("integer", "text") == (
        options_of("worker", (5, 3, 6))["--concurrency"].kind,
        options_of("worker", (5, 7))["--concurrency"].kind,
    )


def test_a_release_outside_the_table_is_taken_for_the_nearest() -> None:
    assert options_of("worker", (5, 0)) == options_of("worker", (5, 3))
    assert options_of("worker", (9, 9)) == options_of("worker", (5, 7))
