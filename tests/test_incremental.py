"""Runs that build on earlier ones: whatever was edited in between, they say what a run from nothing says."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import celery_lint
from celery_lint import analysis
from celery_lint.cache import DIRECTORY
from celery_lint.question import Content, Question
from celery_lint.report import Report

ROOT = Path(__file__).resolve().parent.parent
PROJECTS = [
    ROOT / "examples" / "shop",
    *(ROOT / "tests" / "fixtures" / name for name in ("tasks_and_dispatches", "transactions", "through_calls")),
    *(ROOT / "tests" / "fixtures" / name for name in ("arguments", "eager_production", "celery_settings_split")),
]
EDITS = 30
WORDS = ("delay", "pay", "CELERY_TASK_ALWAYS_EAGER = True", "RunPython", "# noqa", "# celery-lint: ignore[CLT101]", "(")


def project(original: Path, directory: Path) -> Path:
    copied = directory / original.name
    shutil.copytree(original, copied, ignore=shutil.ignore_patterns(DIRECTORY, "__pycache__"))
    return copied


def check(directory: Path, *, cache: bool = True) -> Report:
    return celery_lint.check(directory, isolated=True, cache=cache, persona="auditor")


def edit(lines: list[str], others: list[str], chance: random.Random) -> list[str]:
    """The lines with one gone, doubled, moved, taken from elsewhere, or followed by something that may matter."""
    at = chance.randrange(len(lines) + 1)
    kind = chance.randrange(5)
    if kind == 0:
        return lines[:at] + lines[at + 1 :]
    if kind == 1:
        return lines[:at] + lines[max(at - 1, 0) :]
    if kind == 2:
        moved = lines[at : at + 1]
        rest = lines[:at] + lines[at + 1 :]
        to = chance.randrange(len(rest) + 1)
        return rest[:to] + moved + rest[to:]
    if kind == 3:
        return [*lines[:at], chance.choice(others), *lines[at:]]
    return [*lines, chance.choice(WORDS)]


class TestEdits:
    @pytest.mark.parametrize("original", PROJECTS, ids=lambda path: path.name)
    def test_any_edits_come_out_as_from_nothing(self, original: Path, tmp_path: Path) -> None:
        root = project(original, tmp_path)
        chance = random.Random(original.name)
        files = sorted(path for path in root.rglob("*") if path.is_file() and path.suffix in (".py", ".toml", ".txt"))
        others = [line for path in files for line in path.read_text().splitlines()]
        assert check(root, cache=False) == check(root)
        for number in range(EDITS):
            path = chance.choice(files)
            path.write_text("\n".join(edit(path.read_text().splitlines(), others, chance)) + "\n")
            if number % 3:
                assert check(root, cache=False) == check(root)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    root = project(ROOT / "examples" / "shop", tmp_path)
    (root / "orders" / "numbers.py").write_text("def twice(number):\n    return 2 * number\n")
    return root


class TestUnseen:
    """A change in what no rule looked at needs no rules."""

    @staticmethod
    def count(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
        made: list[object] = []
        original = analysis.Analysis.report

        def report(self: analysis.Analysis) -> Report:
            made.append(self)
            return original(self)

        monkeypatch.setattr(analysis.Analysis, "report", report)
        return lambda: len(made)

    def test_nothing_is_worked_out_again(self, shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        before = check(shop)
        runs = self.count(monkeypatch)
        for number in range(3):
            (shop / "orders" / "numbers.py").write_text(f"def twice(number):\n    return number * 2 + {number}\n")
            assert before == check(shop)
        assert 0 == runs()

    @pytest.mark.parametrize("line", ["pay_order.delay(1)", "CELERY_TASK_ALWAYS_EAGER = True", "# celery-lint: ignore"])
    def test_what_may_matter_is(self, shop: Path, line: str, monkeypatch: pytest.MonkeyPatch) -> None:
        check(shop)
        (shop / "orders" / "numbers.py").write_text(line + "\n")
        fresh = check(shop, cache=False)
        runs = self.count(monkeypatch)
        assert fresh == check(shop)
        assert 1 == runs()


class TestVerdicts:
    def test_what_was_confirmed_is_not_inspected_again(self, shop: Path) -> None:
        """A change in a file that matters runs the rules; places in other files need no concrete tree."""
        command = [sys.executable, "-X", "importtime", "-m", "celery_lint", "check", "--isolated", "-q", "."]

        def imported() -> set[str]:
            done = subprocess.run(command, cwd=shop, capture_output=True, text=True)
            return {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}

        assert "libcst" in imported()
        tasks = shop / "orders" / "tasks.py"
        tasks.write_text("LIMIT = 3\n" + tasks.read_text())
        second = imported()
        assert "celery_lint.project.project" in second
        views = shop / "orders" / "views.py"
        views.write_text(views.read_text() + "\n\nLAST = 1\n")
        tasks.write_text(tasks.read_text() + "\n\nLAST = 1\n")
        imported()
        (shop / "orders" / "signals.py").write_text("# nothing here any more: delay\n")
        assert "libcst" not in imported()


class TestQuestions:
    CONTENT = Content(b"from shop import Base as Root\nclass Order(Root, key=1): pay = caf\xc3\xa9.delay\n")

    @pytest.mark.parametrize(
        ("question", "holds"),
        [
            (Question("text", "ase as R"), True),
            (Question("text", "nothing"), False),
            (Question("word", "delay"), True),
            (Question("word", "dela"), False),
            (Question("word", "café"), True),
            (Question("word", "afé"), False),
            (Question("base", "Root"), True),
            (Question("base", "pay"), False),
            (Question("pattern", r"pay\s*="), True),
            (Question("pattern", r"PAY"), False),
            (Question("pattern", r"PAY", 2), True),
            (Question("pattern", r"pay", 0, ("nothing",)), False),
            (Question("pattern", r"pay", 0, ("nothing", "Order")), True),
        ],
        ids=repr,
    )
    def test_answer(self, question: Question, holds: bool) -> None:
        assert holds == self.CONTENT.answer(question)
