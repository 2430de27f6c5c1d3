"""`celery-lint fleet`: many repositories, one report, whatever happens on the way."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from celery_lint.cli import fleet as command_module
from celery_lint.config import ConfigurationError
from celery_lint.engine import Request
from celery_lint.fleet import BROKEN, Entry, Journal, Repository, examine, manifest, survey

ROOT = Path(__file__).resolve().parent.parent
BAD = """\
from django.db import transaction
from shop.tasks import pay


@transaction.atomic
def order(request):
    pay.delay(request.POST["id"])
"""
TASKS = "from celery import shared_task\n\n\n@shared_task\ndef pay(order_id):\n    pass\n"


def repository(directory: Path, *, bad: bool = True) -> Path:
    (directory / "shop").mkdir(parents=True)
    (directory / "manage.py").write_text("")
    (directory / "shop" / "__init__.py").write_text("")
    (directory / "shop" / "tasks.py").write_text(TASKS)
    (directory / "shop" / "views.py").write_text(BAD if bad else "")
    return directory


@pytest.fixture
def fleet(tmp_path: Path) -> Path:
    """A manifest of three repositories, of which the second has nothing wrong and the third is not there."""
    repository(tmp_path / "one")
    repository(tmp_path / "two", bad=False)
    listed = tmp_path / "repositories.txt"
    listed.write_text("# ours\none\n\ntwo\ngone\n")
    return listed


def entries(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text().splitlines()]


def command(listed: Path, *more: str) -> list[str]:
    return [sys.executable, "-m", "celery_lint", "fleet", str(listed), "--isolated", "--jobs", "1", *more]


class TestManifest:
    def test_lines(self, fleet: Path) -> None:
        expected = [Repository(name, str(fleet.parent / name)) for name in ("one", "two", "gone")]
        assert expected == [*manifest(str(fleet))]

    def test_tables(self, tmp_path: Path) -> None:
        listed = tmp_path / "all.toml"
        listed.write_text('[[repository]]\npath = "/srv/shop"\nname = "shop"\n[[repository]]\npath = "../blog"\n')
        found = manifest(str(listed))
        assert [Repository("shop", "/srv/shop"), Repository("../blog", str(tmp_path.parent / "blog"))] == [*found]

    @pytest.mark.parametrize(
        ("name", "text", "complaint"),
        [
            ("all.txt", "# nothing\n", "names no repository"),
            ("all.txt", "shop\nshop\n", "two repositories are called 'shop'"),
            ("all.toml", "repository = 3", "both of them strings"),
            ("all.toml", "[[repository]]\npath = 3", "both of them strings"),
            ("all.toml", "[[repository]]\nname = 'x'", "has no path"),
            ("all.toml", "[[repository]]\npath = 'x'\nnmae = 'y'", "unknown key 'nmae'; did you mean `name`?"),
            ("all.toml", "[[repositories]]\npath = 'x'", "unknown key 'repositories'; did you mean `repository`?"),
            ("all.toml", "[[repository", "all.toml: "),
            ("all.txt", "caf\xe9\n", "is not UTF-8"),
        ],
    )
    def test_mistakes(self, tmp_path: Path, name: str, text: str, complaint: str) -> None:
        listed = tmp_path / name
        listed.write_bytes(text.encode("latin-1"))
        with pytest.raises(ConfigurationError) as raised:
            manifest(str(listed))
        assert complaint in str(raised.value)


class TestReport:
    def test_one_line_a_repository(self, fleet: Path, tmp_path: Path) -> None:
        out = tmp_path / "report.jsonl"
        done = subprocess.run(command(fleet, "-o", str(out)), capture_output=True, text=True)
        assert 2 == done.returncode
        assert "Found 1 problem in 1 of 3 repositories; 1 could not be checked.\n" == done.stdout
        assert "celery-lint: gone: no such directory\n" == done.stderr
        one, two, gone = entries(out)
        assert ["one", "two", "gone"] == [one["name"], two["name"], gone["name"]]
        assert [("CLT101", "shop/views.py", 7)] == [(f["code"], f["path"], f["line"]) for f in one["findings"]]
        assert (0, 4, [], "") == (two["exit_code"], two["files"], two["findings"], two["error"])
        assert (2, "no such directory") == (gone["exit_code"], gone["error"])
        assert (tmp_path / ".celery_lint_cache").is_dir()
        assert [] == sorted(tmp_path.glob("*/.celery_lint_cache"))

    def test_sarif_of_each(self, fleet: Path, tmp_path: Path) -> None:
        out, sarif = tmp_path / "report.jsonl", tmp_path / "sarif"
        subprocess.run(command(fleet, "-q", "-o", str(out), "--sarif", str(sarif)), capture_output=True)
        assert ["one.sarif", "two.sarif"] == sorted(path.name for path in sarif.iterdir())
        results = json.loads((sarif / "one.sarif").read_text())["runs"][0]["results"]
        assert ["CLT101"] == [result["ruleId"] for result in results]

    def test_options_count(self, fleet: Path, tmp_path: Path) -> None:
        out = tmp_path / "report.jsonl"
        fleet.write_text("one\n")
        more = ("-o", str(out), "-q")
        assert 0 == subprocess.run(command(fleet, *more, "--ignore", "CLT101")).returncode
        assert [[]] == [each["findings"] for each in entries(out)]
        assert 1 == subprocess.run(command(fleet, *more)).returncode
        assert 0 == subprocess.run(command(fleet, *more, "--exit-zero")).returncode

    def test_what_cannot_be_written(self, fleet: Path, tmp_path: Path) -> None:
        done = subprocess.run(command(fleet, "-o", str(tmp_path / "no" / "where")), capture_output=True, text=True)
        assert (2, 1) == (done.returncode, done.stderr.count("\n"))
        assert "cannot be written" in done.stderr

    def test_no_manifest(self, tmp_path: Path) -> None:
        done = subprocess.run(command(tmp_path / "none.txt"), capture_output=True, text=True)
        assert (2, 1) == (done.returncode, done.stderr.count("\n"))
        assert "cannot be read" in done.stderr


def die(*_given: object, **_more: object) -> Entry:
    os._exit(9)


def die_of_one(repository: Repository, asked: Request, *, sarif: bool = False) -> Entry:
    return die() if repository.name == "one" else examine(repository, asked, sarif=sarif)


class TestFailures:
    def test_only_what_kills_its_process_fails(self, fleet: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Whatever else was lost with the process is checked again."""
        monkeypatch.setattr("celery_lint.fleet.examine", die_of_one)
        monkeypatch.setattr(command_module, "_pool", ProcessPoolExecutor)
        given = {"sarif": None, "jobs": 1}
        found = list(command_module._entries(manifest(str(fleet)), Request(isolated=True), given))
        assert {"one": BROKEN, "two": "", "gone": "no such directory"} == {each.name: each.error for each in found}

    def test_a_rule_that_crashes_is_said(self, tmp_path: Path) -> None:
        (tmp_path / "pyproject.toml").write_text("[tool.celery-lint]\nselekt = []\n")
        entry = examine(Repository("bad", str(tmp_path)), Request())
        assert (2, "bad") == (entry.exit_code, entry.name)
        assert "selekt" in entry.error

    def test_a_process_that_dies_fails_what_it_held(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("celery_lint.fleet.examine", die)
        with ProcessPoolExecutor(1) as pool:
            found = list(survey([Repository("one", str(tmp_path))], Request(), pool))
        assert [("one", BROKEN, 2)] == [(each.name, each.error, each.exit_code) for each in found]

    def test_an_executor_of_threads(self, fleet: Path) -> None:
        with ThreadPoolExecutor(2) as pool:
            found = sorted(survey(manifest(str(fleet)), Request(isolated=True), pool), key=lambda each: each.name)
        assert [("gone", 0), ("one", 1), ("two", 0)] == [(each.name, len(each.findings)) for each in found]

    def test_a_cluster(self, fleet: Path) -> None:
        distributed = pytest.importorskip("distributed")
        local = distributed.LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None)
        with local, distributed.Client(local) as client:
            executor: Executor = client.get_executor()
            found = sorted(survey(manifest(str(fleet)), Request(isolated=True), executor), key=lambda each: each.name)
        assert [("gone", 0), ("one", 1), ("two", 0)] == [(each.name, len(each.findings)) for each in found]


class TestResuming:
    COUNT = 40

    def test_goes_on_after_a_kill(self, tmp_path: Path) -> None:
        one = repository(tmp_path / "repository0")
        for number in range(1, self.COUNT):
            shutil.copytree(one, tmp_path / f"repository{number}")
        listed = tmp_path / "all.txt"
        listed.write_text("".join(f"repository{number}\n" for number in range(self.COUNT)))
        whole, out = tmp_path / "whole.jsonl", tmp_path / "report.jsonl"
        beside = tmp_path / "report.jsonl.part"
        subprocess.run(command(listed, "-q", "-o", str(whole)))
        process = subprocess.Popen(command(listed, "-q", "-o", str(out)))
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not (beside.exists() and beside.read_bytes().count(b"\n") > 3):
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert not out.exists()
        before = beside.read_bytes().count(b"\n") - 1
        assert 0 < before < self.COUNT
        shutil.rmtree(tmp_path / "repository0")
        assert 1 == subprocess.run(command(listed, "-q", "-o", str(out))).returncode
        assert whole.read_bytes() == out.read_bytes()
        assert not beside.exists()

    def journal(self, file: Path, **options: object) -> Journal:
        return Journal(str(file), Request(options=options))

    def test_half_a_line_does_not_count(self, tmp_path: Path) -> None:
        file = tmp_path / "report.jsonl"
        journal = self.journal(file)
        journal.start()
        journal.add(Entry("one", "/one", 0))
        with open(journal.beside, "a") as stream:
            stream.write('{"name": "two", "pa')
        again = self.journal(file)
        assert {"one"} == again.names
        again.start()
        again.add(Entry("two", "/two", 0))
        assert ["two", "one"] == [each["name"] for each in again.finish(["two", "one"])]
        assert ["two", "one"] == [each["name"] for each in entries(file)]

    def test_what_was_asked_otherwise_does_not_count(self, tmp_path: Path) -> None:
        file = tmp_path / "report.jsonl"
        journal = self.journal(file)
        journal.start()
        journal.add(Entry("one", "/one", 0))
        assert {"one"} == self.journal(file).names
        assert set() == self.journal(file, persona="auditor").names
