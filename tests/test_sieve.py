"""The sieve keeps files unparsed, and loses no finding by it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import celery_lint
from celery_lint.project import Project
from celery_lint.report import Report
from celery_lint.rules import load_rules

ROOT = Path(__file__).resolve().parent.parent
FIXTURES = sorted(path for path in (ROOT / "tests" / "fixtures").iterdir() if path.is_dir())
CORPUS = os.environ.get("CELERY_LINT_CORPUS", "")
TREES = sorted(path for path in Path(CORPUS).iterdir() if path.is_dir()) if CORPUS else []

PRINTED = """
import sys
import celery_lint
from celery_lint.report import rendered

report = celery_lint.check(isolated=True, persona="auditor", cache=False, sieve=sys.argv[1] == "sieve")
sys.stdout.writelines(f"{line}\\n" for line in rendered("json", report))
sys.stdout.writelines(f"{error}\\n" for error in (*report.errors, *report.warnings, *report.unconfirmed))
"""


def check(directory: Path, *, sieve: bool) -> Report:
    return celery_lint.check(directory, isolated=True, persona="auditor", cache=False, sieve=sieve)


@pytest.mark.parametrize("directory", [ROOT / "examples" / "shop", *FIXTURES], ids=lambda path: path.name)
def test_fixtures_come_out_the_same(directory: Path) -> None:
    assert check(directory, sieve=False) == check(directory, sieve=True)


def parsed(root: Path, *, sieve: bool) -> list[str]:
    """The files that the rules have parsed."""
    project = Project(str(root), ["numbers.py", "tasks.py", "tests.py"], sieve=sieve)
    for rule in load_rules().values():
        list(rule(project))
    return sorted(view.path for view in project.program.views)


def test_without_it_all_code_is_parsed(tmp_path: Path) -> None:
    (tmp_path / "numbers.py").write_text("ONE = 1\n")
    (tmp_path / "tests.py").write_text("ONE = 1\n")
    (tmp_path / "tasks.py").write_text("from celery import shared_task\n\n\n@shared_task\ndef pay():\n    pass\n")
    assert ["tasks.py"] == parsed(tmp_path, sieve=True)
    assert ["numbers.py", "tasks.py"] == parsed(tmp_path, sieve=False)


COUNTED = re.compile(
    r"\b(?:any|all|bool|len|not|if)\b\W*(?:self\.)?_?(?:project\.)?sources\.code_\w+\("
    r"|\bany\(.* in (?:\w+\.)*sources\.code_"
)


def test_whether_something_stands_anywhere_is_asked_exactly() -> None:
    """The sieve may give files too many, which says nothing about what they hold: `Sources.mentioning` does."""
    modules = sorted((ROOT / "src" / "celery_lint").rglob("*.py"))
    lines = [(path.name, line.strip()) for path in modules for line in path.read_text(encoding="utf-8").splitlines()]
    assert [] == [(name, line) for name, line in lines if COUNTED.search(line)]


def printed(directory: Path, sieve: str) -> bytes:
    done = subprocess.run([sys.executable, "-c", PRINTED, sieve], cwd=directory, capture_output=True, check=True)
    return done.stdout


@pytest.mark.corpus
@pytest.mark.skipif(not TREES, reason="CELERY_LINT_CORPUS names no directory of trees")
@pytest.mark.parametrize("directory", TREES, ids=lambda path: path.name)
def test_real_projects_come_out_the_same(directory: Path) -> None:
    assert printed(directory, "everything") == printed(directory, "sieve")
