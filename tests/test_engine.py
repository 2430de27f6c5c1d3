"""The pipeline from paths to findings, with small rules of the tests' own on small real projects."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import celery_lint
import celery_lint.rules
from celery_lint import check
from celery_lint.config import ConfigurationError
from celery_lint.engine import Request, plan, run
from celery_lint.finding import Location, Nomination, Severity, Step
from celery_lint.pages import find_page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from celery_lint.project import Project

CALL = re.compile(rb"\w+\.delay\(.*?\)", re.DOTALL)
OPENED = "with transaction.atomic():"


def sent(project: Project, name: str, **more: object) -> Iterator[Nomination]:
    """Nominates every `x.delay(...)` of the project."""
    for path in project.sources.files:
        text = project.source(path)
        for match in CALL.finditer(text):
            place = location(path, text, *match.span())
            yield Nomination(name, place, place, values={"task": match.group()[:6].decode()}, **more)  # type: ignore[arg-type]


def location(path: str, text: bytes, start: int, end: int) -> Location:
    before, inside = text[:start].split(b"\n"), text[:end].split(b"\n")
    return Location(path, len(before), len(before[-1]) + 1, len(inside), len(inside[-1]) + 1)


def delay_in_atomic(project: Project) -> Iterator[Nomination]:
    """Its way starts in `views.py`, when there is one."""
    views = [path for path in project.sources.files if path.endswith("views.py")]
    trace = tuple(Step(Location(path, 1, 1, 1, 2), "transaction opened here") for path in views)
    yield from sent(project, "delay-in-atomic", trace=trace)


def queryset_argument(_: Project) -> Iterator[Nomination]:
    raise RuntimeError("out of\nluck")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    offer(monkeypatch, delay_in_atomic)
    return tmp_path


def offer(monkeypatch: pytest.MonkeyPatch, *rules: object) -> None:
    named = {rule.__name__.replace("_", "-"): rule for rule in rules}  # type: ignore[attr-defined]
    monkeypatch.setattr(celery_lint.rules, "load_rules", lambda: named)


def write(root: Path, **files: str) -> None:
    """`shop__tasks="..."` is `shop/tasks.py`."""
    for name, text in files.items():
        path = root / (name.replace("__", "/") + ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def places(report: celery_lint.Report) -> list[tuple[str, int, str]]:
    return [(each.location.path, each.location.line, each.code) for each in report.findings]


SEND = "from shop.tasks import send\n\nsend.delay(1)\n"


class TestFindings:
    def test_sorted_and_relative_to_the_working_directory(self, here: Path) -> None:
        write(here, shop__b=SEND, shop__a=SEND + "send.delay(2)\n")
        report = check("shop")
        expected = [("shop/a.py", 3, "CLT101"), ("shop/a.py", 4, "CLT101"), ("shop/b.py", 3, "CLT101")]
        assert expected == places(report)
        assert report.exit_code == 1
        assert report.file_count == 2

    def test_everything_the_page_says(self, here: Path) -> None:
        write(here, shop__a=SEND)
        page = find_page("CLT101")
        assert page is not None
        (finding,) = check("shop").findings
        assert finding.name == "delay-in-atomic"
        assert finding.category == "transactions"
        assert finding.message == page.message.format(task="send.d")
        assert finding.why == page.why
        assert finding.severity is page.severity
        assert finding.confidence is page.confidence

    def test_relative_to_another_root(self, here: Path) -> None:
        write(here, shop__a=SEND)
        assert places(check("shop/a.py", root=str(here / "shop"))) == [("a.py", 3, "CLT101")]
        (here / "elsewhere").mkdir()
        os.chdir(here / "elsewhere")
        assert places(check(here / "shop")) == [("../shop/a.py", 3, "CLT101")]

    def test_trace_and_named_files(self, here: Path) -> None:
        write(here, manage="", shop__a=SEND, shop__views="x = 1\n", shop__other="")
        assert places(check("shop/a.py")) == [("shop/a.py", 3, "CLT101")]
        through = check("shop/views.py")
        assert places(through) == [("shop/a.py", 3, "CLT101")]
        assert through.findings[0].trace[0].location.path == "shop/views.py"
        assert through.file_count == 1
        assert places(check("shop/other.py")) == []

    def test_severity_of_the_nomination_and_the_dials(self, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def delay_in_atomic(project: Project) -> Iterator[Nomination]:
            yield from sent(project, "delay-in-atomic", severity=Severity.INFORMATION)

        offer(monkeypatch, delay_in_atomic)
        write(here, a=SEND)
        assert check(".").exit_code == 0
        assert check(".", fail_on="information").exit_code == 1
        assert [each.severity for each in check(".").findings] == [Severity.INFORMATION]
        assert places(check(".", min_severity="warning")) == []

    def test_scope(self, here: Path) -> None:
        write(here, shop__a=SEND, tests__test_a=SEND)
        assert places(check(".")) == [("shop/a.py", 3, "CLT101")]

    def test_selection(self, here: Path) -> None:
        write(here, a=SEND)
        assert places(check(".", ignore=["CLT101"])) == []
        assert places(check(".", select="delay-in-atomic")) == [("a.py", 3, "CLT101")]
        with pytest.raises(ConfigurationError, match=r"^--select: unknown rule `CLX`$"):
            check(".", select=["CLX"])

    def test_per_file_ignores_go_by_the_root(self, here: Path) -> None:
        write(here, legacy__a=SEND, shop__legacy__a=SEND)
        (here / "celery-lint.toml").write_text("per-file-ignores = {'/legacy/*' = ['CLT1']}\n", encoding="utf-8")
        assert places(check("shop")) == [("shop/legacy/a.py", 3, "CLT101")]
        assert places(check("legacy")) == []

    def test_the_same_twice_is_once(self, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def delay_in_atomic(project: Project) -> Iterator[Nomination]:
            yield from sent(project, "delay-in-atomic")
            yield from sent(project, "delay-in-atomic")

        offer(monkeypatch, delay_in_atomic)
        write(here, a=SEND)
        assert places(check(".")) == [("a.py", 3, "CLT101")]

    def test_what_the_tree_does_not_show_is_no_finding(self, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def delay_in_atomic(project: Project) -> Iterator[Nomination]:
            place = Location(project.sources.files[0], 1, 1, 1, 5)
            yield Nomination("delay-in-atomic", place, place, values={"task": "t"})

        offer(monkeypatch, delay_in_atomic)
        write(here, a=SEND)
        report = check(".")
        assert report.findings == ()
        assert report.exit_code == 0
        assert [(each.rule, each.location.line) for each in report.unconfirmed] == [("delay-in-atomic", 1)]


class TestComments:
    def test_silenced(self, here: Path) -> None:
        write(
            here,
            a="send.delay(\n    1\n)  # noqa: CLT101\n",
            b="# celery-lint: ignore[CLT101] why\nsend.delay(1)\n",
        )
        assert places(check(".")) == []

    def test_unused_and_unknown(self, here: Path) -> None:
        write(here, a="x = 1  # noqa: CLT101\ny = 2  # celery-lint: ignore[dleay-in-atomic]\n")
        report = check(".")
        assert places(report) == [("a.py", 1, "CLT003"), ("a.py", 2, "CLT004")]
        assert "did you mean `delay-in-atomic`?" in report.findings[1].message
        fix = report.findings[0].fix
        assert fix is not None
        assert [(edit.path, edit.start_column, edit.end_column, edit.text) for edit in fix.edits] == [
            ("a.py", 6, 22, "")
        ]

    def test_used_by_what_the_dials_hide(self, here: Path) -> None:
        write(here, a="send.delay(1)  # noqa: CLT101\n", b="x = 1  # noqa: CLT201\n")
        assert places(check(".", persona="auditor", min_confidence="high")) == []

    def test_only_in_named_files(self, here: Path) -> None:
        write(here, manage="", a="x = 1  # noqa: CLT101\n", b="x = 1  # noqa: CLT101\n")
        assert places(check("b.py")) == [("b.py", 1, "CLT003")]

    def test_own_findings_are_rules_too(self, here: Path) -> None:
        write(here, a="x = 1  # noqa: CLT101\n", b="# celery-lint: file-ignore[CLT003]\nx = 1  # noqa: CLT101\n")
        assert places(check(".", ignore=["unused-suppression"])) == []
        assert places(check(".")) == [("a.py", 1, "CLT003")]


class TestTrouble:
    def test_a_crash_is_a_finding_and_the_others_run(self, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        offer(monkeypatch, queryset_argument, delay_in_atomic)
        write(here, a=SEND)
        report = check(".", fail_on="never")
        assert places(report) == [(".", 1, "CLT001"), ("a.py", 3, "CLT101")]
        assert report.findings[0].message.startswith(
            "the rule queryset-argument crashed: RuntimeError: out of luck at "
        )
        assert report.exit_code == 2

    def test_a_rule_that_is_off_does_not_run(self, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        offer(monkeypatch, queryset_argument)
        write(here, a=SEND)
        assert check(".", ignore=["CLT202"]).exit_code == 0

    def test_debugging_raises(self, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        offer(monkeypatch, queryset_argument)
        monkeypatch.setenv("CELERY_LINT_DEBUG", "1")
        write(here, a=SEND)
        with pytest.raises(RuntimeError):
            check(".")

    @pytest.mark.parametrize(
        "source",
        [
            b"def f(:\n",
            b"print 'send'\n",
            b"x = '\xff'\n",
            b"# coding: klingon\n",
            b"x = 1\x00\n",
            b"(" * 3000 + b")" * 3000,
        ],
    )
    def test_what_does_not_parse_is_a_finding_when_named(self, here: Path, source: bytes) -> None:
        write(here, manage="", good=SEND)
        (here / "bad.py").write_bytes(source)
        assert [code for path, _, code in places(check("bad.py")) if path == "bad.py"] == ["CLT002"]
        assert places(check(".")) == [("good.py", 3, "CLT101")]

    def test_what_does_not_parse_is_a_finding_when_it_may_define_or_send_a_task(self, here: Path) -> None:
        write(here, bad="from celery import shared_task, (\n")
        report = check(".")
        assert [(path, code) for path, _, code in places(report)] == [("bad.py", "CLT002")]
        assert report.exit_code == 1

    def test_a_file_without_read_permission(self, here: Path) -> None:
        write(here, a=SEND, shut="")
        (here / "shut.py").chmod(0)
        if os.access("shut.py", os.R_OK):
            pytest.skip("this user may read everything")
        report = check(".")
        assert places(report) == [("a.py", 3, "CLT101")]
        assert report.warnings == ("shut.py: cannot be read: Permission denied",)
        assert check("shut.py").exit_code == 2

    def test_missing_paths(self, here: Path) -> None:
        write(here, shop__a=SEND)
        report = check(["none", "shop"])
        assert report.errors == ("none: no such file or directory",)
        assert places(report) == [("shop/a.py", 3, "CLT101")]
        assert report.exit_code == 2

    def test_no_python(self, here: Path) -> None:
        report = check(here)
        assert report.warnings == ("no Python files found",)
        assert report.exit_code == 0

    def test_an_unknown_option(self, here: Path) -> None:
        with pytest.raises(ConfigurationError, match=r"^unknown option `persna`; did you mean `persona`\?$"):
            check(here, persna="regular")


class TestBuffer:
    def test_in_the_place_of_a_file(self, here: Path) -> None:
        write(here, manage="", shop__a="", shop__b=SEND)
        report = check(stdin=SEND.encode(), stdin_filename="shop/a.py")
        assert places(report) == [("shop/a.py", 3, "CLT101")]
        assert report.read("shop/a.py") == SEND.encode()

    def test_in_the_place_of_no_file(self, here: Path) -> None:
        write(here, manage="")
        assert places(check(stdin=SEND.encode(), stdin_filename="shop/new.py")) == [("shop/new.py", 3, "CLT101")]

    def test_that_does_not_parse(self, here: Path) -> None:
        write(here, manage="")
        assert places(check(stdin=b"def f(:", stdin_filename="new.py")) == [("new.py", 1, "CLT002")]

    def test_without_a_name(self, here: Path) -> None:
        write(here, b=SEND)
        assert places(check(stdin=SEND.encode())) == [("stdin.py", 3, "CLT101")]


def test_plan_then_run_tells_its_stages(here: Path) -> None:
    write(here, a=SEND)
    stages: list[str] = []
    report = run(plan(Request((".",))), stage=stages.append)
    assert stages == ["reading 1 files", "delay-in-atomic", "inspecting 1 places"]
    assert {"rules", "comments", "inspection"} <= set(report.timings)


def test_version_is_that_of_the_package() -> None:
    text = (Path(__file__).parent.parent / "pyproject.toml").read_text(encoding="utf-8")
    assert celery_lint.__version__ == tomllib.loads(text)["project"]["version"]


def test_what_is_imported_when() -> None:
    """The package is cheap to import, and without a nominee libcst stays away."""
    code = (
        "import sys, celery_lint; print('celery_lint.engine' in sys.modules);"
        "import tempfile, os; d = tempfile.mkdtemp(); open(os.path.join(d, 'a.py'), 'w').write('x = 1');"
        "print(celery_lint.check(d).exit_code, 'libcst' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "0", "False"]
