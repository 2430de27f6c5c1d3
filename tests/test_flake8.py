"""The plugin in a real flake8: the findings of the command line, from one analysis however many processes there are."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from console import register

import celery_lint

ROOT = Path(__file__).resolve().parent.parent
SHOP = ROOT / "examples" / "shop"
FIXTURES = ROOT / "tests" / "fixtures"

GUILTY = """\
from celery import shared_task
from django.db import transaction


@shared_task
def send_receipt(order_pk): ...


def place(order):
    with transaction.atomic():
        é = order; send_receipt.delay(é.pk){comment}
"""
LINE = "shop.py:11:20: CLT101 `shop.send_receipt` is sent before the transaction commits"

COUNTER = """\
import os
import sys

WATCHED = os.environ.get("WATCHED_FILE")


def note(event, arguments):
    if event == "open" and isinstance(arguments[0], str) and WATCHED and arguments[0].endswith(WATCHED):
        os.write(LOG, f"{os.getpid()}\\n".encode())


if WATCHED:
    LOG = os.open(os.environ["WATCHED_LOG"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    sys.addaudithook(note)
"""
"""Writes a line for each time any process opens the watched file."""


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The plugin registered as pyproject.toml says, whatever is installed."""
    site = tmp_path_factory.mktemp("site")
    register(site)
    (site / "sitecustomize.py").write_text(COUNTER, encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if "CELERY_LINT" not in name}
    package = Path(celery_lint.__file__).parent.parent
    return {**kept, "PYTHONPATH": os.pathsep.join((str(site), str(package))), "PYTHONUTF8": "1"}


class Directory:
    """A project, and the two linters run in it."""

    def __init__(self, path: Path, environment: dict[str, str]) -> None:
        self.path = path
        self.environment = environment

    def write(self, name: str, text: str) -> None:
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def run(self, *command: str, given: str | bytes | None = None) -> tuple[int, str, str]:
        done = subprocess.run(
            [sys.executable, *command],
            cwd=self.path,
            env=self.environment,
            input=given.encode() if isinstance(given, str) else given,
            capture_output=True,
        )
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def flake8(self, *arguments: str, given: str | bytes | None = None) -> list[str]:
        """The lines about our findings, with paths as we write them."""
        code, out, err = self.run("-m", "flake8", *arguments, given=given)
        assert (code in (0, 1), err) == (True, "")
        return sorted(re.sub(r"^\./", "", line) for line in out.splitlines() if " CLT" in line)

    def celery_lint(self, *arguments: str) -> list[str]:
        """The same from the command line, but for the mark of what it can fix."""
        _, out, err = self.run("-m", "celery_lint", "check", "--format", "concise", "-q", *arguments)
        assert err == ""
        return sorted(line.replace(" [*] ", " ") for line in out.splitlines())

    def openings(self, watched: str, *command: str) -> list[str]:
        """The processes that opened a file while the command ran, one entry for each time."""
        log = self.path.parent / "openings"
        log.unlink(missing_ok=True)
        watch = {"WATCHED_FILE": watched, "WATCHED_LOG": str(log), "CELERY_LINT_CACHE": "false"}
        self.environment = {**self.environment, **watch}
        self.run(*command)
        return log.read_text(encoding="utf-8").split()


@pytest.fixture
def directory(tmp_path: Path, environment: dict[str, str]) -> Directory:
    path = tmp_path / "project"
    path.mkdir()
    return Directory(path, environment)


@pytest.fixture
def shop(directory: Directory) -> Directory:
    shutil.copytree(
        SHOP, directory.path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__", ".celery_lint_cache")
    )
    return directory


def test_is_known_to_flake8(directory: Directory) -> None:
    assert f"celery-lint: {celery_lint.__version__}" in directory.run("-m", "flake8", "--version")[1]


class TestSameFindings:
    @pytest.mark.parametrize("jobs", ["1", "2"])
    @pytest.mark.parametrize("project", [SHOP, FIXTURES / "through_calls", FIXTURES / "transactions"], ids=str)
    def test_project(self, directory: Directory, project: Path, jobs: str) -> None:
        shutil.copytree(
            project,
            directory.path,
            dirs_exist_ok=True,
            ignore=shutil.ignore_patterns("__pycache__", ".celery_lint_cache"),
        )
        found = directory.celery_lint()
        assert len(found) > 3
        assert found == directory.flake8("--select", "CLT", "--jobs", jobs)
        assert found == directory.flake8("--jobs", jobs, ".")

    def test_configuration_is_ours(self, shop: Directory) -> None:
        shop.write(
            "pyproject.toml",
            '[tool.celery-lint]\npersona = "pedantic"\nignore = ["CLT104"]\nextend-exclude = ["customers"]\n'
            '[tool.celery-lint.per-file-ignores]\n"orders/admin.py" = ["CLT1", "CLT3"]\n',
        )
        found = shop.celery_lint()
        assert len(found) > 3
        assert found == shop.flake8()
        assert not any("customers/" in line or "orders/admin.py" in line for line in found)
        assert shop.flake8("customers/views.py") == []

    def test_one_file(self, shop: Directory) -> None:
        """Of a finding that passes through the file, flake8 shows it where it lands or not at all."""
        named = "orders/views.py"
        expected = [line for line in shop.celery_lint(named) if line.startswith(named)]
        assert expected
        assert expected == shop.flake8(named)

    def test_files_by_absolute_path(self, shop: Directory) -> None:
        absolute = str(shop.path / "orders" / "views.py")
        assert shop.flake8(absolute) == [
            line.replace("orders/views.py", absolute) for line in shop.flake8("orders/views.py")
        ]

    def test_columns_are_code_points(self, directory: Directory) -> None:
        directory.write("shop.py", GUILTY.format(comment=""))
        assert directory.celery_lint() == [LINE]
        assert directory.flake8() == [LINE]


class TestSilence:
    @pytest.mark.parametrize(
        "comment", ["  # noqa: CLT101", "  # celery-lint: ignore[delay-in-atomic] it may be early"]
    )
    def test_our_comments(self, directory: Directory, comment: str) -> None:
        directory.write("shop.py", GUILTY.format(comment=comment))
        assert directory.flake8() == []
        assert directory.flake8("--disable-noqa") == []

    def test_flake8s_own_comment_for_a_file(self, directory: Directory) -> None:
        directory.write("shop.py", "# flake8: noqa\n" + GUILTY.format(comment=""))
        assert directory.flake8() == []

    @pytest.mark.parametrize(
        "arguments",
        [
            ("--extend-ignore", "CLT1"),
            ("--extend-ignore", "CLT"),
            ("--select", "E,W"),
            ("--per-file-ignores", "shop.py:CLT101"),
            ("--exclude", "shop.py"),
        ],
    )
    def test_flake8s_options(self, directory: Directory, arguments: tuple[str, ...]) -> None:
        directory.write("shop.py", GUILTY.format(comment=""))
        assert directory.flake8(*arguments) == []

    @pytest.mark.parametrize(
        "arguments", [("--select", "CLT101"), ("--select", "C"), ("--extend-ignore", "C", "--extend-select", "CLT101")]
    )
    def test_options_that_keep_it(self, directory: Directory, arguments: tuple[str, ...]) -> None:
        directory.write("shop.py", GUILTY.format(comment=""))
        assert directory.flake8(*arguments) == [LINE]


class TestStandardInput:
    def test_in_the_place_of_a_file(self, shop: Directory) -> None:
        """As editors call it: what is on disk is not what counts, and the rest of the project does."""
        name = "orders/views.py"
        buffer = (shop.path / name).read_text(encoding="utf-8")
        expected = shop.flake8(name)
        (shop.path / name).write_text("", encoding="utf-8")
        assert expected == shop.flake8("--format", "default", "--stdin-display-name", name, "-", given=buffer)
        absolute = str(shop.path / name)
        found = shop.flake8("--stdin-display-name", absolute, "--jobs", "2", "-", given=buffer)
        assert [line.replace(name, absolute) for line in expected] == found
        moved = shop.flake8("--stdin-display-name", name, "-", given="\n" + buffer)
        assert [line.split(":")[1] for line in moved] == [str(int(line.split(":")[1]) + 1) for line in expected]

    def test_without_a_name(self, directory: Directory) -> None:
        found = directory.flake8("-", given=GUILTY.format(comment=""))
        assert found == [LINE.replace("shop.py", "stdin").replace("`shop.", "`stdin.")]

    def test_a_file_that_is_not_there_yet(self, directory: Directory) -> None:
        directory.write("manage.py", "")
        found = directory.flake8("--stdin-display-name", "new/shop.py", "-", given=GUILTY.format(comment=""))
        assert [re.sub(r"`[\w.]+`", "", line) for line in found] == ["new/" + re.sub(r"`[\w.]+`", "", LINE)]

    def test_another_encoding(self, directory: Directory) -> None:
        text = "# -*- coding: latin-1 -*-\n" + GUILTY.format(comment="")
        directory.write("manage.py", "")
        found = directory.flake8("--stdin-display-name", "shop.py", "-", given=text.encode("latin-1"))
        assert found == [LINE.replace(":11:", ":12:")]


class TestOffThePath:
    def test_a_file_that_cannot_be_parsed(self, directory: Directory) -> None:
        """flake8 says so itself; other files keep their findings."""
        directory.write("broken.py", "from celery import (\n")
        directory.write("shop.py", GUILTY.format(comment=""))
        assert directory.flake8() == [LINE]
        assert "E999" in directory.run("-m", "flake8", "--stdin-display-name", "shop.py", "-", given="def (\n")[1]

    def test_a_file_outside_the_project(self, directory: Directory) -> None:
        directory.write("celery-lint.toml", "")
        directory.write("manage.py", "")
        other = directory.path.parent / "other" / "shop.py"
        other.parent.mkdir()
        other.write_text(GUILTY.format(comment=""), encoding="utf-8")
        found = directory.flake8("manage.py", "../other/shop.py")
        assert [re.sub(r"`[\w.]+`", "", line) for line in found] == ["../other/" + re.sub(r"`[\w.]+`", "", LINE)]

    def test_a_missing_file(self, directory: Directory) -> None:
        directory.write("shop.py", GUILTY.format(comment=""))
        assert directory.flake8("none.py", "shop.py") == [LINE]

    @pytest.mark.parametrize("jobs", ["1", "2"])
    def test_a_wrong_configuration(self, directory: Directory, jobs: str) -> None:
        directory.write("a.py", "")
        directory.write("b.py", "")
        directory.write("celery-lint.toml", "slect = []\n")
        code, out, err = directory.run("-m", "flake8", "--jobs", jobs)
        assert (code, out) == (2, "")
        assert err.startswith("celery-lint: celery-lint.toml:1:1: unknown option `slect`; did you mean `select`?\n")
        assert "Traceback" not in err
        assert directory.run("-m", "flake8", "--jobs", jobs, "--extend-ignore", "CLT")[0] == 0

    def test_as_a_library(self, shop: Directory) -> None:
        """The paths come after the options then."""
        code = (
            "from flake8.api import legacy\n"
            "guide = legacy.get_style_guide(select=['CLT'])\n"
            "print(guide.check_files(['orders/views.py', 'orders/admin.py']).total_errors)\n"
        )
        expected = shop.flake8("orders/views.py", "orders/admin.py")
        assert [f"{len(expected)}"] == shop.run("-c", code)[1].splitlines()[-1:]


@pytest.fixture
def temporary() -> Iterator[Path]:
    """A directory with a path that is short enough for the sockets of a fork server."""
    with tempfile.TemporaryDirectory(prefix="clt") as path:
        yield Path(path)


START = "import multiprocessing as m; m.set_start_method({!r}); from flake8.main.cli import main; main()"


class TestOneAnalysis:
    """Counted by who opens a file that flake8 leaves out and an analysis has to read."""

    WATCHED = "orders/tasks.py"

    @pytest.mark.parametrize("jobs", ["1", "2"])
    def test_of_a_run(self, shop: Directory, jobs: str) -> None:
        once = shop.openings(self.WATCHED, "-m", "celery_lint", "check", "-q")
        flake8 = ("-m", "flake8", "--exclude", self.WATCHED, "--jobs", jobs)
        assert len(once) == len(shop.openings(self.WATCHED, *flake8)) > 0
        assert shop.openings("nowhere.py", *flake8, "--extend-ignore", "CLT") == []

    @pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
    def test_of_processes_that_start_in_any_way(self, shop: Directory, method: str, temporary: Path) -> None:
        shop.environment = {**shop.environment, "TMPDIR": str(temporary)}
        expected = [line for line in shop.celery_lint() if not line.startswith(self.WATCHED)]
        once = shop.openings(self.WATCHED, "-m", "celery_lint", "check", "-q")
        flake8 = ("-c", START.format(method), "--exclude", self.WATCHED, "--jobs", "2")
        assert len(once) == len(shop.openings(self.WATCHED, *flake8))
        found = [re.sub(r"^\./", "", line) for line in shop.run(*flake8)[1].splitlines() if " CLT" in line]
        assert expected == sorted(found)
        assert list(temporary.iterdir()) == []

    def test_none_when_nothing_is_shown(self, shop: Directory) -> None:
        shop.write("unrelated.py", "")
        assert shop.openings("manage.py", "-m", "flake8", "unrelated.py", "--select", "E") == []
