"""What the page on comments says of ruff, flake8 and celery-lint is what they do."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from celery_lint import check

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "suppressions.md").read_text(encoding="utf-8")
TASKS = "from celery import shared_task\n\n\n@shared_task\ndef send_receipt(pk): ...\n"
HEAD = "from django.db import transaction\n\nfrom tasks import send_receipt\n\n\n"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, flags=re.DOTALL | re.MULTILINE)


def run(tool: str, *arguments: str, cwd: Path) -> str:
    command = [str(Path(sys.executable).parent / tool), *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, encoding="utf-8").stdout


def codes(root: Path, statement: str, **options: object) -> list[str]:
    """What celery-lint finds about a statement that sends in a transaction."""
    body = "".join(f"    {line}\n" if line else "\n" for line in statement.splitlines())
    (root / "tasks.py").write_text(TASKS, encoding="utf-8")
    (root / "orders.py").write_text(f"{HEAD}@transaction.atomic\ndef place(order):\n{body}", encoding="utf-8")
    return [finding.code for finding in check(root, isolated=True, **options).findings]


def test_first_example_is_silent(tmp_path: Path) -> None:
    (example,) = blocks("python")
    assert [] == [code for code in codes(tmp_path, example) if code != "CLT003"]
    bare = re.sub(r"#.*", "", example)
    assert ["CLT101"] * 3 == codes(tmp_path, bare)


class TestRuff:
    """With every RUF rule on."""

    def ruff(self, root: Path, text: str, configuration: str, *arguments: str) -> str:
        (root / "orders.py").write_text(text, encoding="utf-8")
        (root / "ruff.toml").write_text(configuration, encoding="utf-8")
        run("ruff", "check", "--no-cache", "--quiet", "--select", "RUF", *arguments, cwd=root)
        return run("ruff", "check", "--no-cache", "--output-format", "concise", "--select", "RUF", cwd=root)

    def test_code_has_to_be_declared(self, tmp_path: Path) -> None:
        (table,) = blocks("toml")
        text = "print()  # noqa: CLT101\n"
        assert "RUF102" in self.ruff(tmp_path, text, "")
        self.ruff(tmp_path, text, "", "--fix")
        assert "print()\n" == (tmp_path / "orders.py").read_text(encoding="utf-8")
        declared = table.replace("[tool.ruff]\n", "")
        assert "RUF" not in self.ruff(tmp_path, text, declared, "--fix")
        assert text == (tmp_path / "orders.py").read_text(encoding="utf-8")

    def test_a_bare_noqa_goes_all_the_same(self, tmp_path: Path) -> None:
        (table,) = blocks("toml")
        declared = table.replace("[tool.ruff]\n", "")
        assert "RUF100" in self.ruff(tmp_path, "print()  # noqa\n", declared)

    @pytest.mark.parametrize("comment", ["ignore[CLT101] why", "file-ignore[CLT101]", "ignore[delay-in-atomic]"])
    def test_our_own_comments_are_left_alone(self, tmp_path: Path, comment: str) -> None:
        text = f"print()  # celery-lint: {comment}\n"
        assert "RUF" not in self.ruff(tmp_path, text, "", "--fix", "--preview")
        assert text == (tmp_path / "orders.py").read_text(encoding="utf-8")


ROWS = re.findall(r"^\| `(# noqa[^`]*)` \| ([^|]+) \| ([^|]+) \|$", PAGE, flags=re.MULTILINE)


class TestFlake8:
    def test_table_is_read(self) -> None:
        assert len(ROWS) == 6

    @pytest.mark.parametrize(("comment", "ours", "theirs"), ROWS)
    def test_what_each_silences(self, tmp_path: Path, comment: str, ours: str, theirs: str) -> None:
        """E701, a colon and a statement on one line, stands for what flake8 finds by itself."""
        statement = f"if order: send_receipt.delay(order.pk)  {comment}"
        found = codes(tmp_path, statement)
        assert ("CLT101" in found) is (ours.strip() in ("nothing", "E501"))
        out = run("flake8", "--isolated", "--select", "E701", "orders.py", cwd=tmp_path)
        assert ("E701" in out) is (theirs.strip() != "everything")

    def test_one_line_only_and_no_comments_of_ours(self, tmp_path: Path) -> None:
        for text in ("if x: f(\n    1,\n)  # noqa\n", "if x: f(1)  # celery-lint: ignore[E701]\n"):
            (tmp_path / "orders.py").write_text(text, encoding="utf-8")
            assert "E701" in run("flake8", "--isolated", "--select", "E701", "orders.py", cwd=tmp_path)
