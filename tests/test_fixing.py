"""Fixes that are made: what is written, what stays as it was, and what is said about it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from celery_lint import fixing
from celery_lint.cli import main
from celery_lint.engine import Plan, Request, plan
from celery_lint.finding import Edit, Finding
from celery_lint.fixing import Change, Fixing, fix
from celery_lint.fixing.files import WritingError, write
from celery_lint.fixing.patch import patch
from celery_lint.fixing.splice import Splice, SpliceError, overlap
from celery_lint.report import Report

TASKS = "from celery import shared_task\n\n\n@shared_task\ndef send(pk, note=None): ...\n"
VIEWS = """\
from django.db import transaction

from shop.tasks import send


def place(order):
    with transaction.atomic():
        order.save()
        send.delay(order.pk)
        send.delay(pk=order.pk)
"""
FIXED = """\
from functools import partial

from django.db import transaction

from shop.tasks import send


def place(order):
    with transaction.atomic():
        order.save()
        transaction.on_commit(partial(send.delay, order.pk))
        transaction.on_commit(partial(send.delay, pk=order.pk))
"""
UNUSED = "x = 1  # celery-lint: ignore[CLT101]\n"
PATCH = """\
--- a/a.py
+++ b/a.py
@@ -1 +1 @@
-x = 1  # celery-lint: ignore[CLT101]
+x = 1
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith("CELERY_LINT_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def put(name: str, text: str | bytes) -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def shop() -> Path:
    put("shop/__init__.py", "")
    put("shop/tasks.py", TASKS)
    return put("shop/views.py", VIEWS)


def lint(capfd: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output, standard error."""
    with pytest.raises(SystemExit) as ended:
        main(["check", "--format=concise", *arguments])
    out, err = capfd.readouterr()
    return int(str(ended.value.code or 0)), out, err


def planned(*paths: str, unsafe: bool = True) -> Plan:
    return plan(Request(paths or (".",), {"unsafe-fixes": unsafe}, isolated=True))


class TestFix:
    def test_the_fix_is_written(self, capfd: pytest.CaptureFixture[str]) -> None:
        views = shop()
        assert (0, "", "Fixed 2 problems. No problems in 3 files.\n") == lint(capfd, "--fix", "--unsafe-fixes")
        assert FIXED == views.read_text()
        assert (0, "", "No problems in 3 files.\n") == lint(capfd, "--fix", "--unsafe-fixes")
        assert FIXED == views.read_text()

    def test_unsafe_fixes_are_not_made_unasked(self, capfd: pytest.CaptureFixture[str]) -> None:
        views = shop()
        code, out, err = lint(capfd, "--fix")
        assert (1, 2) == (code, out.count("CLT101 `"))
        assert "Found 2 problems (2 errors) in 3 files; 0 fixable with `--fix` (2 more with `--unsafe-fixes`).\n" == err
        assert VIEWS == views.read_text()

    def test_a_finding_that_would_be_fixed_is_marked(self, capfd: pytest.CaptureFixture[str]) -> None:
        shop()
        _, out, err = lint(capfd, "--unsafe-fixes")
        assert 2 == out.count("CLT101 [*] `")
        assert "; 2 fixable with `--fix`.\n" in err

    @pytest.mark.parametrize(
        ("table", "code"),
        [
            ('extend-safe-fixes = ["CLT1"]\nfix = true', 0),
            ('extend-safe-fixes = ["CLT1"]\nextend-unsafe-fixes = ["CLT101"]\nfix = true', 1),
            ('extend-safe-fixes = ["delay-in-atomic"]\nextend-unsafe-fixes = ["CLT1"]\nfix = true', 0),
            ("fix = true\nunsafe-fixes = true", 0),
            ("unsafe-fixes = true", 1),
        ],
    )
    def test_the_configuration_says_what_is_safe(
        self, table: str, code: int, capfd: pytest.CaptureFixture[str]
    ) -> None:
        views = shop()
        put("celery-lint.toml", table)
        assert code == lint(capfd)[0]
        assert (FIXED if code == 0 else VIEWS) == views.read_text()

    def test_nothing_is_written_against_the_configuration(self, capfd: pytest.CaptureFixture[str]) -> None:
        put("celery-lint.toml", "fix = true")
        file = put("a.py", UNUSED)
        assert 1 == lint(capfd, "--no-fix")[0]
        assert UNUSED == file.read_text()

    def test_only_named_files_are_changed(self, capfd: pytest.CaptureFixture[str]) -> None:
        views, other = shop(), put("shop/other.py", UNUSED)
        assert 0 == lint(capfd, "--fix", "--unsafe-fixes", "shop/other.py")[0]
        assert (VIEWS, "x = 1\n") == (views.read_text(), other.read_text())

    def test_what_else(self, capfd: pytest.CaptureFixture[str]) -> None:
        put("a.py", UNUSED)
        assert (1, "", "Fixed 1 problem. No problems in 1 file.\n") == lint(capfd, "--fix", "--exit-non-zero-on-fix")
        assert (0, "", "No problems in 1 file.\n") == lint(capfd, "--fix", "--exit-non-zero-on-fix")
        shop()
        put("a.py", UNUSED)
        listed = "Fixed 1 problem:\n- a.py:\n    1 × CLT003 (unused-suppression)\n"
        assert (0, "", f"{listed}Fixed 1 problem.\n") == lint(capfd, "--fix-only", "--show-fixes")

    def test_bytes_outside_the_change_are_kept(self, capfd: pytest.CaptureFixture[str]) -> None:
        before = (
            "# coding: latin-1\r\n\x0c\r\nfrom django.db import transaction\r\nfrom shop.tasks import send\r\n\r\n"
            "@transaction.atomic\r\ndef place(order):\r\n\tif 'é' :\t \r\n\t\tsend.delay( order.pk ,'é')  # ü\n"
            "\r\n\rx=1;  "
        ).encode("latin-1")
        shop()
        views = put("shop/views.py", before)
        assert 0 == lint(capfd, "--fix", "--unsafe-fixes")[0]
        after = before.replace(b"send.delay( order.pk ,", b"transaction.on_commit(partial(send.delay, order.pk ,")
        after = after.replace("'é')  #".encode("latin-1"), "'é'))  #".encode("latin-1"))
        after = after.replace(b"\x0c\r\n", b"\x0c\r\nfrom functools import partial\r\n\r\n")
        assert after == views.read_bytes()

    def test_the_mark_of_utf8_stays(self, capfd: pytest.CaptureFixture[str]) -> None:
        file = put("a.py", b"\xef\xbb\xbf" + UNUSED.replace("\n", "\r\n").encode() + b"y = 'no newline'")
        assert 0 == lint(capfd, "--fix")[0]
        assert b"\xef\xbb\xbfx = 1\r\ny = 'no newline'" == file.read_bytes()


class TestStandardInput:
    def run(self, *arguments: str) -> tuple[int, str, str]:
        command = [sys.executable, "-m", "celery_lint", "check", "--format=concise", *arguments, "-"]
        ended = subprocess.run(command, input=VIEWS, capture_output=True, encoding="utf-8")
        return ended.returncode, ended.stdout, ended.stderr

    def test_the_fixed_file_comes_out(self) -> None:
        views = shop()
        code, out, err = self.run("--fix", "--unsafe-fixes", "--stdin-filename", "shop/views.py")
        assert (0, FIXED) == (code, out)
        assert "Fixed 2 problems. No problems in 1 file.\n" == err
        assert VIEWS == views.read_text()

    def test_findings_go_beside_it(self) -> None:
        shop()
        code, out, err = self.run("--fix", "--stdin-filename", "shop/views.py")
        assert (1, VIEWS) == (code, out)
        assert 2 == err.count("shop/views.py:9:9: CLT101") + err.count("shop/views.py:10:9: CLT101")

    def test_as_a_patch(self) -> None:
        views = shop()
        code, out, err = self.run("--diff", "--unsafe-fixes", "--stdin-filename", "shop/views.py")
        assert (1, "Would fix 2 problems.\n") == (code, err)
        assert out.startswith("--- a/shop/views.py\n+++ b/shop/views.py\n@@ ")
        assert VIEWS == views.read_text()


class TestPatch:
    def test_is_printed_and_nothing_written(self, capfd: pytest.CaptureFixture[str]) -> None:
        file = put("a.py", UNUSED)
        assert (1, PATCH, "Would fix 1 problem.\n") == lint(capfd, "--diff", "--fix")
        assert UNUSED == file.read_text()
        assert 0 == lint(capfd, "--diff", "--exit-zero")[0]
        put("a.py", "x = 1\n")
        assert (0, "", "Would fix 0 problems.\n") == lint(capfd, "--diff")

    @pytest.mark.parametrize("name", ["a.py", "with blank/ä.py", 'qu"ote.py', "tab\tbed.py"])
    @pytest.mark.parametrize(
        "data", [b"x = 1\r\ny = 2", b"\xef\xbb\xbf\x0cx = 1\n", b"# coding: latin-1\n\xe9 = 1", b"a\rb\n"]
    )
    def test_git_applies_it(self, name: str, data: bytes) -> None:
        file = put(name, data)
        after = data.replace(b"1", b"3\n4").replace(b"a\r", b"c\r")
        Path("changes.patch").write_bytes(patch([Change(name, name, data, after)]))
        subprocess.run(["git", "apply", "--whitespace=nowarn", "changes.patch"], check=True)
        assert after == file.read_bytes()


class TestWriting:
    def change(self, name: str = "a.py", before: bytes = b"old\n") -> Change:
        return Change(name, name, before, b"new\n")

    def test_permissions_and_links_stay(self) -> None:
        file = put("real/a.py", "old\n")
        file.chmod(0o750)
        Path("a.py").symlink_to("real/a.py")
        write(self.change())
        assert Path("a.py").is_symlink()
        assert (b"new\n", 0o750) == (file.read_bytes(), file.stat().st_mode & 0o777)
        assert ["a.py"] == os.listdir("real")

    def test_a_file_that_changes_meanwhile_is_left(self) -> None:
        file = put("a.py", "newer\n")
        with pytest.raises(WritingError, match="not written: it has changed meanwhile"):
            write(self.change())
        assert b"newer\n" == file.read_bytes()

    def test_a_file_that_is_gone_is_named(self) -> None:
        with pytest.raises(WritingError, match="cannot be written: No such file or directory"):
            write(self.change())

    def test_a_file_that_cannot_be_written_is_named_and_the_others_are_fixed(
        self, capfd: pytest.CaptureFixture[str]
    ) -> None:
        shut, other = put("a.py", UNUSED), put("b.py", UNUSED)
        shut.chmod(0o444)
        code, out, err = lint(capfd, "--fix")
        assert (2, UNUSED, "x = 1\n") == (code, shut.read_text(), other.read_text())
        assert ["a.py:1:30: CLT003 [*] `CLT101` silences nothing here"] == out.splitlines()
        assert [
            "celery-lint: a.py: cannot be written: it is read-only",
            "Fixed 1 problem. Found 1 problem (1 warning) in 2 files; 1 fixable with `--fix`.",
        ] == err.splitlines()


class TestRounds:
    """What happens to fixes that a rule gets wrong."""

    def fixing(self, monkeypatch: pytest.MonkeyPatch, path: str, text: str) -> Fixing:
        """Makes fixes; those of the file put `text` in the place of what they take out."""
        real = fixing.run

        def wrong(finding: Finding) -> Finding:
            if finding.location.path != path or finding.fix is None:
                return finding
            [edit] = finding.fix.edits
            return replace(finding, fix=replace(finding.fix, edits=(replace(edit, text=text),)))

        def run(*arguments: Any, **more: Any) -> Report:
            report = real(*arguments, **more)
            return replace(report, findings=tuple(map(wrong, report.findings)))

        monkeypatch.setattr(fixing, "run", run)
        return fix(planned())

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            (" (", "with CLT003 on line 1 fixed it would not compile any more"),
            ("  # noqa: CLT102", "with CLT003 on line 1 fixed it would still be there"),
            ("  # noqa: CLT998", "a fix would bring up CLT004 on line 1 of a.py"),
        ],
    )
    def test_a_fix_that_does_not_work_is_taken_back(
        self, text: str, reason: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        put("a.py", UNUSED)
        put("b.py", UNUSED)
        made = self.fixing(monkeypatch, "a.py", text)
        assert (f"a.py: left as it was: {reason}",) == made.failures
        assert ["b.py"] == [change.path for change in made.changes]
        assert ["b.py"] == [finding.location.path for finding in made.fixed]
        assert ["a.py"] == [finding.location.path for finding in made.report.findings]

    def test_fixes_of_one_place_wait_for_each_other(self) -> None:
        put("a.py", "x = 1  # celery-lint: ignore[CLT101, CLT102]\n")
        made = fix(planned())
        assert [("a.py", b"x = 1\n")] == [(change.path, change.after) for change in made.changes]
        assert ((), ()) == (made.report.findings, made.failures)


def edit(line: int, column: int, end: int, text: str = "", path: str = "a.py") -> Edit:
    return Edit(path, line, column, line, end, text)


class TestSplice:
    def test_places_move_along(self) -> None:
        splice = Splice("a.py", b"ab\ncdef\ngh\n", [edit(2, 2, 4, "X\nYZ"), edit(1, 1, 1, "new\n"), edit(3, 1, 1, "(")])
        assert b"new\nab\ncX\nYZf\n(gh\n" == splice.data
        assert ((1, 1), (2, 1)) == splice.moved(1, 1)
        assert ((2, 2), (2, 2)) == splice.moved(1, 2)
        assert ((3, 1), (3, 1)) == splice.moved(2, 1)
        assert ((3, 2), (4, 3)) == splice.moved(2, 2)
        assert ((3, 2), (4, 3)) == splice.moved(2, 3)
        assert ((4, 3), (4, 3)) == splice.moved(2, 4)
        assert ((5, 1), (5, 2)) == splice.moved(3, 1)
        assert ((5, 3), (5, 3)) == splice.moved(3, 2)

    def test_text_that_the_encoding_lacks_is_refused(self) -> None:
        with pytest.raises(SpliceError, match="the new text cannot be written in iso-8859-1"):
            Splice("a.py", b"# coding: latin-1\n", [edit(1, 1, 1, "€")])

    def test_bytes_that_do_not_come_back_are_refused(self) -> None:
        with pytest.raises(SpliceError, match="it cannot be written in utf-7 as it was"):
            Splice("a.py", b"# coding: utf-7\nx = '+AGE-'\n", [])

    def test_edits_that_touch_overlap(self) -> None:
        assert overlap(edit(1, 1, 3), edit(1, 2, 4))
        assert overlap(edit(1, 1, 3), edit(1, 3, 3, "x"))
        assert overlap(edit(1, 1, 1, "x"), edit(1, 1, 1, "y"))
        assert not overlap(edit(1, 1, 1, "x"), edit(1, 1, 1, "x"))
        assert not overlap(edit(1, 1, 3), edit(1, 4, 4, "x"))
        assert not overlap(edit(1, 1, 3), edit(1, 1, 4, path="b.py"))
