"""The JSON schema of the configuration says of each table what the loader says."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from celery_lint.config import OPTIONS, ConfigurationError, load
from celery_lint.config.schema import schema_of
from celery_lint.pages import all_pages

SCHEMA = schema_of(all_pages())

VALID = (
    "",
    'select = ["CLT1", "C", "clt101", "delay-in-atomic", "Delay-In-Atomic", " CLT602 "]',
    "extend-select = []",
    'ignore = ["CLT107"]\npersona = "pedantic"\nmin-severity = "WARNING"\nmin-confidence = "high"',
    'fail-on = "never"',
    'exclude = ["", "a b", "*/c"]\nextend-exclude = ["x"]',
    "respect-gitignore = false",
    'target-celery = "5"',
    'target-celery = "5.4.1"',
    'cache = false\ncache-dir = "kept"',
    'baseline = "lists/old.json"',
    "strict-baseline = true",
    "require-reason = true",
    "show-suppressed = true",
    "plugins = []",
    'fix = true\nunsafe-fixes = false\nextend-safe-fixes = ["CLT1"]\nextend-unsafe-fixes = ["delay-in-atomic"]',
    'per-file-ignores = {}\n[severity]\nCLT1 = "error"\ndelay-in-atomic = "Off"',
    '[per-file-ignores]\n"a/*" = ["CLT1", "missing-result-expires"]\nb = []',
)
INVALID = (
    'slect = ["CLT1"]',
    'Select = ["CLT1"]',
    'select = "CLT1"',
    'select = [""]',
    'select = ["CLT1", "E501"]',
    'select = ["CLT1011"]',
    'select = ["CLT1", 1]',
    'ignore = ["delay-in-atmic"]',
    'ignore = ["delay-in"]',
    'extend-select = "CLT1,CLT2"',
    'persona = "boss"',
    'persona = ["regular"]',
    "min-severity = 2",
    'min-severity = "never"',
    'min-confidence = "some"',
    'fail-on = "errors"',
    'exclude = "a"',
    "exclude = [1]",
    "extend-exclude = { a = 1 }",
    'respect-gitignore = "yes"',
    "respect-gitignore = 1",
    "target-celery = 5.4",
    "baseline = true",
    'strict-baseline = "yes"',
    "require-reason = 1",
    "show-suppressed = 1",
    "plugins = 1",
    'fix = "yes"',
    "unsafe-fixes = 1",
    'extend-safe-fixes = "CLT1"',
    'extend-unsafe-fixes = ["E501"]',
    'target-celery = ">=5"',
    'target-celery = "5."',
    'cache = "no"',
    "cache-dir = true",
    'cache = "no"',
    "cache-dir = true",
    'per-file-ignores = ["CLT1"]',
    '[per-file-ignores]\na = "CLT1"',
    '[per-file-ignores]\na = ["E501"]',
    'severity = "error"',
    'severity = ["CLT1"]',
    '[severity]\nCLT1 = "info"',
    "[severity]\nCLT1 = 1",
    '[severity]\nE501 = "off"',
)


def test_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("text", [*VALID, *INVALID])
def test_verdict_is_that_of_the_loader(tmp_path: Path, text: str) -> None:
    file = tmp_path / "celery-lint.toml"
    file.write_text(text, encoding="utf-8")
    try:
        load(str(file), all_pages())
    except ConfigurationError:
        loads = False
    else:
        loads = True
    fits = Draft202012Validator(SCHEMA).is_valid(tomllib.loads(text))
    assert (loads, fits) == (text in VALID, text in VALID)


def test_every_option_is_described_and_tried() -> None:
    properties = SCHEMA["properties"]
    assert [option.name for option in OPTIONS] == list(properties)
    for option in OPTIONS:
        assert option.doc == properties[option.name]["description"]
        assert any(option.name in tomllib.loads(text) for text in VALID), option.name
        assert any(option.name in tomllib.loads(text) for text in INVALID), option.name


def test_defaults_fit() -> None:
    properties = SCHEMA["properties"]
    table = {name: each["default"] for name, each in properties.items() if "default" in each}
    assert list(Draft202012Validator(SCHEMA).iter_errors(table)) == []


def test_is_printed() -> None:
    command = [sys.executable, "-m", "celery_lint", "config", "--schema"]
    assert json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout) == SCHEMA
