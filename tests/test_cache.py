"""The cache: what it saves, that it changes no result, and what it survives."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

import celery_lint
from celery_lint import cache as cache_module
from celery_lint.cache import DIRECTORY, Cache, digest, remove
from celery_lint.project import program
from celery_lint.report import Report

SHOP = Path(__file__).resolve().parent.parent / "examples" / "shop"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """The example, with times that are not of just now."""
    copied = tmp_path / "shop"
    shutil.copytree(SHOP, copied, ignore=shutil.ignore_patterns(DIRECTORY, "__pycache__"))
    for path in copied.rglob("*"):
        age(path)
    return copied


def age(path: Path) -> None:
    past = time.time() - 60
    os.utime(path, (past, past))


def check(directory: Path, **options: object) -> Report:
    return celery_lint.check(directory, isolated=True, **options)


def lines(report: Report) -> list[tuple[str, int, str]]:
    return [(finding.location.path, finding.location.line, finding.code) for finding in report.findings]


class TestSameResult:
    def test_cold_warm_and_without(self, shop: Path) -> None:
        without = check(shop, cache=False)
        assert not (shop / DIRECTORY).exists()
        assert len(without.findings) > 5
        assert without == check(shop)
        assert without == check(shop)

    def test_a_change_is_seen(self, shop: Path) -> None:
        before = check(shop)
        views = shop / "orders" / "views.py"
        views.write_text(views.read_text().replace("@transaction.atomic\n", "@transaction.nothing\n"))
        after = check(shop)
        assert after.findings != before.findings
        assert after == check(shop, cache=False)

    def test_a_change_of_the_same_size_and_time_is_seen(self, shop: Path) -> None:
        """Times of the last moments are not trusted."""
        views = shop / "orders" / "views.py"
        os.utime(views)
        before = views.stat()
        check(shop)
        views.write_text(views.read_text().replace("@transaction.atomic\n", "@transaction.Atomic\n"))
        os.utime(views, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert check(shop) == check(shop, cache=False)

    def test_a_new_and_a_gone_file_are_seen(self, shop: Path) -> None:
        check(shop)
        (shop / "orders" / "views.py").rename(shop / "orders" / "pages.py")
        assert check(shop) == check(shop, cache=False)

    @pytest.mark.parametrize("requirement", ["celery==5.2", "celery==5.6"])
    def test_what_lies_beside_counts(self, shop: Path, requirement: str) -> None:
        check(shop)
        (shop / "requirements.txt").write_text(requirement)
        assert check(shop) == check(shop, cache=False)

    @pytest.mark.parametrize("options", [{"persona": "pedantic"}, {"select": ["CLT101"]}, {"min_severity": "error"}])
    def test_options_count(self, shop: Path, options: dict[str, object]) -> None:
        check(shop)
        assert check(shop, **options) == check(shop, cache=False, **options)

    def test_standard_input_counts(self, shop: Path) -> None:
        check(shop)
        name = str(shop / "orders" / "views.py")
        given = {"stdin": b"", "stdin_filename": name}
        assert check(shop, **given) == check(shop, cache=False, **given)


class TestWork:
    def test_a_second_run_parses_nothing(self, shop: Path) -> None:
        """Nor does it import what parses, links or inspects."""
        command = [sys.executable, "-X", "importtime", "-m", "celery_lint", "check", "--isolated", "-q", "."]
        runs = [subprocess.run(command, cwd=shop, capture_output=True, text=True) for _ in range(2)]
        first, second = ({line.rpartition("|")[2].strip() for line in run.stderr.splitlines()} for run in runs)
        assert runs[0].stdout == runs[1].stdout
        assert {"libcst", "celery_lint.facts.extract", "celery_lint.project.project"} <= first
        assert not {"libcst", "celery_lint.facts.extract", "celery_lint.project.project"} & second

    def test_one_changed_file_is_the_only_one_read_again(self, shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        check(shop)
        views = shop / "orders" / "views.py"
        views.write_text(views.read_text() + "\n\nLAST = 1\n")
        read: list[bytes] = []
        extract = program.extract

        def recorded(content: bytes) -> object:
            read.append(content)
            return extract(content)

        monkeypatch.setattr(program, "extract", recorded)
        check(shop)
        assert [views.read_bytes()] == read

    def test_what_is_made_is_marked(self, shop: Path) -> None:
        check(shop)
        assert (shop / DIRECTORY / ".gitignore").read_text() == "*\n"
        assert (shop / DIRECTORY / "CACHEDIR.TAG").read_text().startswith("Signature: 8a477f597d28d172789f06886806bc55")

    def test_directory_of_choice(self, shop: Path, tmp_path: Path) -> None:
        check(shop, cache_dir=str(tmp_path / "kept"))
        assert (tmp_path / "kept" / "CACHEDIR.TAG").exists()
        assert not (shop / DIRECTORY).exists()


class TestDamage:
    @pytest.mark.parametrize("damage", [b"", b"no database", b"SQLite format 3\x00" + b"\xff" * 4000])
    def test_a_broken_file_is_made_anew(self, shop: Path, damage: bytes) -> None:
        expected = check(shop)
        file = shop / DIRECTORY / "cache.sqlite3"
        file.write_bytes(damage)
        assert expected == check(shop)
        assert expected == check(shop)
        check(shop)
        with sqlite3.connect(file) as connection:
            assert connection.execute("SELECT count(*) FROM entries").fetchone()[0] > 0

    def test_a_truncated_file(self, shop: Path) -> None:
        expected = check(shop)
        file = shop / DIRECTORY / "cache.sqlite3"
        file.write_bytes(file.read_bytes()[:-5000])
        assert expected == check(shop)

    @pytest.mark.parametrize("value", [b"", b"\xc1", b"\x90", b"cos\nsystem\n(S'true'\ntR.", b"\x93\x01\x02\x03"])
    def test_poisoned_entries_are_worked_out_again(self, shop: Path, value: bytes) -> None:
        expected = check(shop)
        with sqlite3.connect(shop / DIRECTORY / "cache.sqlite3") as connection:
            rows = connection.execute("SELECT kind, key FROM entries").fetchall()
            for kind, key in rows:
                total = digest(kind.encode(), key, value)[:8]
                connection.execute(
                    "UPDATE entries SET value = ?, sum = ? WHERE kind = ? AND key = ?", (value, total, kind, key)
                )
        assert expected == check(shop)

    def test_a_flipped_bit_is_noticed(self, tmp_path: Path) -> None:
        written = Cache(str(tmp_path / "c"))
        written.put("facts", b"key", b"value")
        written.close()
        with sqlite3.connect(tmp_path / "c" / "cache.sqlite3") as connection:
            connection.execute("UPDATE entries SET value = ?", (b"velue",))
        assert Cache(str(tmp_path / "c")).get("facts", b"key") is None

    def test_a_place_that_cannot_be_written(self, shop: Path) -> None:
        (shop / DIRECTORY).write_text("a file, no directory")
        report = check(shop)
        assert lines(report) == lines(check(shop, cache=False))
        assert [warning for warning in report.warnings if "nothing is cached" in warning]

    def test_a_full_disk(self, shop: Path) -> None:
        if not Path("/dev/full").exists():
            pytest.skip("there is no /dev/full")
        (shop / DIRECTORY).mkdir()
        (shop / DIRECTORY / "cache.sqlite3").symlink_to("/dev/full")
        assert lines(check(shop)) == lines(check(shop, cache=False))

    def test_killed_at_any_point(self, shop: Path) -> None:
        expected = check(shop, cache=False)
        for moment in (0.2, 0.3, 0.4, 0.5, 0.6):
            child = subprocess.Popen(
                [sys.executable, "-m", "celery_lint", "check", "--isolated", "-q", "."],
                cwd=shop,
                stdout=subprocess.PIPE,
            )
            time.sleep(moment)
            child.send_signal(signal.SIGKILL)
            child.communicate()
            assert expected == check(shop)

    def test_two_at_once(self, shop: Path) -> None:
        command = [sys.executable, "-m", "celery_lint", "check", "--isolated", "-q", "--format", "concise", "."]
        children = [subprocess.Popen(command, cwd=shop, stdout=subprocess.PIPE, text=True) for _ in range(4)]
        assert len({child.communicate()[0] for child in children}) == 1


class TestSize:
    def test_what_was_not_used_for_longest_goes(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(cache_module, "LIMIT", 100_000)
        place = str(tmp_path / "c")
        for day in range(20):
            monkeypatch.setattr(time, "time", lambda day=day: (20000 + day) * 86400.0)
            written = Cache(place)
            written.put("facts", bytes([day]), bytes(10_000))
            written.close()
        last = Cache(place)
        assert os.path.getsize(os.path.join(place, "cache.sqlite3")) <= 120_000
        assert [last.get("facts", bytes([day])) is not None for day in (0, 19)] == [False, True]


class TestClean:
    def test_removes_what_it_made(self, shop: Path) -> None:
        check(shop)
        assert remove(str(shop / DIRECTORY))
        assert not (shop / DIRECTORY).exists()
        assert not remove(str(shop / DIRECTORY))

    def test_leaves_other_directories_alone(self, tmp_path: Path) -> None:
        assert not remove(str(tmp_path))
        assert tmp_path.exists()

    def test_command(self, shop: Path) -> None:
        command = [sys.executable, "-m", "celery_lint"]
        subprocess.run([*command, "check", "--isolated", "-q", "."], cwd=shop, stdout=subprocess.DEVNULL)
        done = subprocess.run([*command, "clean"], cwd=shop, capture_output=True, text=True)
        assert (done.returncode, done.stdout) == (0, f"Removed {DIRECTORY}\n")
        done = subprocess.run([*command, "clean", "nowhere"], cwd=shop, capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (2, "celery-lint: nowhere: no such file or directory\n")
