"""The benchmarks run; how fast anything is, is no test's business."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent.parent / "benchmarks" / "speed.py"


def measured(*arguments: str) -> list[list[str]]:
    """The rows of the Markdown tables that the script prints."""
    done = subprocess.run([sys.executable, str(SCRIPT), "--pairs", "1", *arguments], capture_output=True, text=True)
    assert (0, "") == (done.returncode, done.stderr)
    rows = [line.strip("| ").split(" | ") for line in done.stdout.splitlines() if line.startswith("|")]
    return [row for row in rows if set("".join(row)) != {"-"}]


class TestTrees:
    def test_each_directory_is_a_row(self, tmp_path: Path) -> None:
        ruff = shutil.which("ruff", path=str(Path(sys.executable).parent)) or shutil.which("ruff")
        if ruff is None:
            pytest.skip("ruff is not installed")
        for name in ("blog", "shop"):
            (tmp_path / name).mkdir()
            (tmp_path / name / "tasks.py").write_text("from celery import shared_task\n", encoding="utf-8")
        before = sorted(tmp_path.rglob("*"))
        _, *rows = measured("--ruff", ruff, str(tmp_path))
        assert ["blog", "shop"] == [row[0] for row in rows]
        assert before == sorted(tmp_path.rglob("*"))


class TestGrowth:
    def test_each_size_is_a_row(self) -> None:
        _, *rows = measured("--growth", "--callers", "25")
        assert ["25", "50", "100", "200"] == [row[0] for row in rows]
