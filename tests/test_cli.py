"""The command line as users meet it: output, exit codes, and what happens when something is wrong."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import celery_lint
import celery_lint.rules
from celery_lint.cli import main
from celery_lint.config import OPTIONS, Option
from celery_lint.pages import all_pages

UNUSED = "x = 1  # celery-lint: ignore[nope]\n"
BROKEN = "from celery import (\n"
ONE = "a.py:1:30: CLT004 [*] there is no rule `nope` to silence\n"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("NO_COLOR", "FORCE_COLOR", "CELERY_LINT_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(name: str, text: str = "") -> None:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def lint(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output, standard error."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    out, err = capsys.readouterr()
    return int(str(ended.value.code or 0)), out, err


def process(*arguments: str, **more: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "celery_lint", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **more,  # type: ignore[call-overload]
    )


class TestCheck:
    def test_clean(self, capsys: pytest.CaptureFixture[str]) -> None:
        write("a.py", "x = 1\n")
        assert lint(capsys) == (0, "No problems in 1 file.\n", "")
        assert lint(capsys, "check") == (0, "No problems in 1 file.\n", "")
        assert lint(capsys, "a.py", "--format", "json") == (0, "[]\n", "No problems in 1 file.\n")

    def test_findings(self, capsys: pytest.CaptureFixture[str]) -> None:
        write("a.py", UNUSED)
        code, out, err = lint(capsys, ".")
        assert code == 1
        assert out.startswith(
            "warning[CLT004] unknown-suppression: there is no rule `nope` to silence\n --> a.py:1:30\n"
        )
        assert out.endswith("\n\nFound 1 problem (1 warning) in 1 file; 1 fixable with `--fix`.\n")
        assert err == ""
        summary = "Found 1 problem (1 warning) in 1 file; 1 fixable with `--fix`.\n"
        assert lint(capsys, "--format", "concise") == (1, ONE, summary)
        assert lint(capsys, "--format=concise", "-q") == (1, ONE, "")
        code, out, err = lint(capsys, "--format=json")
        assert [each["code"] for each in json.loads(out)] == ["CLT004"]
        assert err == summary

    def test_statistics(self, capsys: pytest.CaptureFixture[str]) -> None:
        write("a.py", UNUSED * 10 + "x = 1  # celery-lint: ignore[CLT101]\n")
        code, out, _ = lint(capsys, "--statistics")
        assert (code, out) == (1, "10 CLT004 [*] unknown-suppression\n 1 CLT003 [*] unused-suppression\n")
        code, out, err = lint(capsys, "--statistics", "--format=json", "-q")
        assert (code, err) == (1, "")
        assert json.loads(out) == [
            {"code": "CLT004", "name": "unknown-suppression", "count": 10, "fixable": 10},
            {"code": "CLT003", "name": "unused-suppression", "count": 1, "fixable": 1},
        ]
        write("a.py", UNUSED * 3)
        assert lint(capsys, "--statistics", "-q") == (1, "3 CLT004 [*] unknown-suppression\n", "")
        code, out, err = lint(capsys, "--statistics", "-o", "sarif")
        assert (code, out) == (2, "")
        assert err == "celery-lint: --statistics goes with full, concise, grouped, json, json-v1, not with sarif\n"

    def test_quiet_full_has_no_summary(self, capsys: pytest.CaptureFixture[str]) -> None:
        write("a.py", UNUSED)
        assert "Found" not in "".join(map(str, lint(capsys, "-q")))

    @pytest.mark.parametrize(
        ("arguments", "expected"),
        [
            (("--fail-on", "error"), 0),
            (("--fail-on", "never"), 0),
            (("--fail-on", "information"), 1),
            (("--exit-zero",), 0),
            (("-e",), 0),
            (("--min-severity", "ERROR"), 0),
            (("--ignore", "CLT004,CLT003"), 0),
            (("--ignore", "CLT003", "--ignore", "CLT004"), 0),
            (("--select", "unknown-suppression"), 1),
            (("--select", "CLT1"), 0),
            (("--no-cache", "--isolated", "--no-respect-gitignore"), 1),
            (("-e", "none.py"), 2),
        ],
    )
    def test_exit_code(self, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], expected: int) -> None:
        write("a.py", UNUSED)
        assert expected == lint(capsys, *arguments)[0]

    def test_environment(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        write("a.py", UNUSED)
        monkeypatch.setenv("CELERY_LINT_IGNORE", "CLT004")
        assert lint(capsys)[0] == 0

    def test_environment_for_options_of_the_command(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write("a.py", UNUSED)
        monkeypatch.setenv("CELERY_LINT_FORMAT", "concise")
        monkeypatch.setenv("CELERY_LINT_QUIET", "1")
        monkeypatch.setenv("CELERY_LINT_EXIT_ZERO", "1")
        assert lint(capsys) == (0, ONE, "")
        assert lint(capsys, "--format", "json")[1].startswith("[")
        monkeypatch.setenv("CELERY_LINT_FORMAT", "prose")
        code, out, err = lint(capsys)
        assert (code, out) == (2, "")
        assert err.startswith("celery-lint: Invalid value for CELERY_LINT_FORMAT: 'prose' is not one of ")

    def test_missing_path_and_the_others_are_checked(self, capsys: pytest.CaptureFixture[str]) -> None:
        write("a.py", UNUSED)
        expected = (2, ONE, "celery-lint: none: no such file or directory\n")
        assert expected == lint(capsys, "none", "a.py", "--format=concise", "-q")

    def test_directory_without_python(self, capsys: pytest.CaptureFixture[str]) -> None:
        code, out, err = lint(capsys)
        assert (code, out) == (0, "No problems in 0 files.\n")
        assert err == "celery-lint: warning: no Python files found\n"

    def test_a_path_named_like_a_command(self, capsys: pytest.CaptureFixture[str]) -> None:
        write("rule/a.py", UNUSED)
        assert lint(capsys, "./rule", "-q", "--format=concise")[1] == "rule/" + ONE

    def test_show_files(self, capsys: pytest.CaptureFixture[str]) -> None:
        write("a.py")
        write("shop/b.py")
        write("venv/c.py")
        assert lint(capsys, "--show-files") == (0, "a.py\nshop/b.py\n", "")
        assert lint(capsys, "--show-files", "shop") == (0, "shop/b.py\n", "")
        assert lint(capsys, "--show-files", "-v")[2] == "venv: excluded\n"

    def test_show_settings_names_every_option(self, capsys: pytest.CaptureFixture[str]) -> None:
        write("celery-lint.toml", 'persona = "pedantic"\n')
        code, out, _ = lint(capsys, "--show-settings", "--fail-on", "error")
        assert code == 0
        assert [line.removeprefix("# ").split(" =")[0].split(":")[0] for line in out.splitlines()] == [
            option.name for option in OPTIONS
        ]
        assert 'persona = "pedantic"  # celery-lint.toml\n' in out
        assert 'fail-on = "error"  # command line\n' in out

    def test_verbose(self, capsys: pytest.CaptureFixture[str]) -> None:
        write("a.py", "x = 1\n")
        err = lint(capsys, "-v")[2]
        assert err.startswith("0 nominees unconfirmed\n")
        assert " s  facts\n" in err


class TestColour:
    @pytest.mark.parametrize(
        ("environment", "arguments", "expected"),
        [
            ({}, (), False),
            ({}, ("--color", "always"), True),
            ({"NO_COLOR": "1"}, ("--color=always",), True),
            ({"FORCE_COLOR": "1"}, (), True),
            ({"FORCE_COLOR": "1"}, ("--color", "never"), False),
            ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, (), False),
        ],
    )
    def test_colour(
        self,
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
        environment: dict[str, str],
        arguments: tuple[str, ...],
        expected: bool,
    ) -> None:
        write("a.py", UNUSED)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        assert ("\x1b" in lint(capsys, *arguments)[1]) is expected


class TestMistakes:
    @pytest.mark.parametrize(
        ("arguments", "expected"),
        [
            (("--select", "CLT110x"), "--select: unknown rule `CLT110x`; did you mean `CLT110`?"),
            (
                ("--ignore", "delay-in-atmic"),
                "--ignore: unknown rule `delay-in-atmic`; did you mean `delay-in-atomic`?",
            ),
            (("--sleect", "CLT1"), "No such option '--sleect'. Did you mean '--select'?"),
            (
                ("--persona", "boss"),
                "Invalid value for '--persona': 'boss' is not one of 'regular', 'pedantic', 'auditor'.",
            ),
            (
                ("--target-celery", "new"),
                "--target-celery: `target-celery` is a version such as \"5.4\", not 'new'",
            ),
            (("--config", "none.toml"), "none.toml: cannot be read: No such file or directory"),
            (("--root", "none"), "--root: none is not a directory"),
            (("-", "a.py"), "`-` stands for standard input and goes with no other path"),
            (("--stdin-filename", "a.py"), "--stdin-filename goes with `-` as the path"),
        ],
    )
    def test_one_line_and_two(
        self, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], expected: str
    ) -> None:
        write("a.py")
        assert lint(capsys, *arguments) == (2, "", f"celery-lint: {expected}\n")

    def test_configuration(self, capsys: pytest.CaptureFixture[str]) -> None:
        write("a.py")
        write("pyproject.toml", "[tool.celery-lint]\nslect = []\n")
        code, out, err = lint(capsys)
        assert (code, out) == (2, "")
        assert err == (
            "celery-lint: pyproject.toml:2:1: unknown option `slect`; did you mean `select`?\n"
            "  |\n2 | slect = []\n  | ^^^^^\n"
        )
        assert lint(capsys, "--isolated")[0] == 0

    def test_an_internal_error_is_one_line(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken() -> dict[str, object]:
            raise LookupError("no\nrules")

        write("a.py")
        monkeypatch.setattr(celery_lint.rules, "load_rules", broken)
        code, out, err = lint(capsys)
        assert (code, out) == (2, "")
        assert err == "celery-lint: internal error: LookupError: no rules (set CELERY_LINT_DEBUG=1 to see where)\n"
        monkeypatch.setenv("CELERY_LINT_DEBUG", "1")
        with pytest.raises(LookupError):
            main(["a.py"])


class TestStandardInput:
    def test_in_the_place_of_a_file(self) -> None:
        write("manage.py")
        write("shop/a.py")
        for flag in ("--stdin-filename", "--stdin-display-name"):
            out, err = process("check", "-q", "--format=concise", flag, "shop/a.py", "-").communicate(UNUSED)
            assert (out, err) == ("shop/" + ONE, "")

    def test_without_a_name(self) -> None:
        out, _ = process("--format=concise", "-q", "-").communicate(UNUSED)
        assert out == ONE.replace("a.py", "stdin.py")


class TestRule:
    def test_page_by_code_and_name(self, capsys: pytest.CaptureFixture[str]) -> None:
        code, out, _ = lint(capsys, "rule", "clt101")
        assert code == 0
        assert out.startswith("CLT101 delay-in-atomic\n")
        assert "## Why is this bad?" in out
        assert out == lint(capsys, "rule", "delay-in-atomic")[1]

    def test_all(self, capsys: pytest.CaptureFixture[str]) -> None:
        code, out, _ = lint(capsys, "rule", "--all")
        assert code == 0
        assert [page.code for page in all_pages()] == [line.split()[0] for line in out.splitlines()]
        assert out == lint(capsys, "rule")[1]

    def test_json(self, capsys: pytest.CaptureFixture[str]) -> None:
        code, out, _ = lint(capsys, "rule", "CLT101", "--format", "json")
        page = json.loads(out)
        assert (code, page["code"], page["name"]) == (0, "CLT101", "delay-in-atomic")
        assert page["explanation"] in lint(capsys, "rule", "CLT101")[1]
        pages = json.loads(lint(capsys, "rule", "--all", "--format", "json")[1])
        assert [each.code for each in all_pages()] == [each["code"] for each in pages]
        assert page in pages

    def test_unknown(self, capsys: pytest.CaptureFixture[str]) -> None:
        expected = "celery-lint: unknown rule `delay-in-atomc`; did you mean `delay-in-atomic`?\n"
        assert lint(capsys, "rule", "delay-in-atomc") == (2, "", expected)


class TestConfig:
    def test_every_option(self, capsys: pytest.CaptureFixture[str]) -> None:
        code, out, _ = lint(capsys, "config")
        assert code == 0
        assert [option.name for option in OPTIONS] == [line.split()[0] for line in out.splitlines()]

    @pytest.mark.parametrize("option", OPTIONS, ids=[option.name for option in OPTIONS])
    def test_one(self, capsys: pytest.CaptureFixture[str], option: Option) -> None:
        code, out, _ = lint(capsys, "config", option.name)
        words = " ".join(out.split())
        assert code == 0
        for expected in (option.doc, option.type, option.flag or "", option.variable or ""):
            assert expected in words

    def test_unknown(self, capsys: pytest.CaptureFixture[str]) -> None:
        expected = "celery-lint: unknown option `slect`; did you mean `select`?\n"
        assert lint(capsys, "config", "slect") == (2, "", expected)


class TestSeverity:
    @pytest.mark.parametrize(
        ("arguments", "expected"),
        [
            (("--error", "CLT004"), (1, "error")),
            (("--warning", "CLT0"), (1, "warning")),
            (("--info", "unknown-suppression"), (0, "information")),
            (("--info", "CLT004", "--fail-on", "information"), (1, "information")),
            (("--info", "CLT0", "--error", "CLT004,CLT003"), (1, "error")),
            (("--info", "CLT004", "--min-severity", "warning"), (0, "")),
            (("--off", "CLT004"), (0, "")),
        ],
    )
    def test_flags(
        self, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], expected: tuple[int, str]
    ) -> None:
        write("a.py", UNUSED)
        code, out, _ = lint(capsys, "--format", "json", *arguments)
        assert expected == (code, "".join(each["severity"] for each in json.loads(out)))

    def test_of_a_place_that_the_rule_thinks_less_of(self, capsys: pytest.CaptureFixture[str]) -> None:
        """CLT101 calls a send that may not happen a warning; what is configured goes for every place."""
        write(
            "shop.py",
            "from celery import shared_task\nfrom django.db import transaction\n\n\n"
            "@shared_task\ndef send(pk): ...\n\n\n"
            "def place(pk, loud):\n    with transaction.atomic():\n        if loud:\n            tell(pk)\n\n\n"
            "def tell(pk):\n    if pk:\n        send.delay(pk)\n",
        )
        severities = []
        for arguments in ((), ("--error", "CLT101")):
            found = json.loads(lint(capsys, "--format", "json", "--select", "CLT101", *arguments)[1])
            severities.append([each["severity"] for each in found])
        assert severities == [["warning"], ["error"]]

    def test_the_command_line_beats_the_environment_and_that_the_file(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write("a.py", UNUSED)
        write("celery-lint.toml", '[severity]\nCLT004 = "off"\n')
        assert lint(capsys, "-q")[:2] == (0, "")
        monkeypatch.setenv("CELERY_LINT_INFO", "CLT004")
        assert lint(capsys)[1].startswith("information[CLT004]") or lint(capsys)[1].startswith("note[CLT004]")
        assert lint(capsys, "--error", "CLT0")[1].startswith("error[CLT004]")
        assert (
            'severity = { "CLT004" = "error" }  # command line'
            in lint(capsys, "--show-settings", "--error", "CLT004")[1].splitlines()
        )

    def test_unknown(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        assert lint(capsys, "--error", "CLT999")[2].startswith("celery-lint: --error: unknown rule `CLT999`")
        monkeypatch.setenv("CELERY_LINT_OFF", "CLT999")
        assert lint(capsys)[2].startswith("celery-lint: CELERY_LINT_OFF: unknown rule `CLT999`")


class TestProcess:
    def test_version_imports_nothing_heavy(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert lint(capsys, "--version") == (0, f"celery-lint {celery_lint.__version__}\n", "")
        code = (
            "import sys\nfrom celery_lint.cli import main\n"
            "try:\n    main(['--version'])\nexcept SystemExit:\n    pass\n"
            "print({'libcst', 'msgspec', 'pathspec', 'tomllib', 'celery_lint.engine'} & set(sys.modules))"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert done.stdout.splitlines()[1] == "set()"

    def test_a_reader_that_goes_away(self) -> None:
        write("a.py", UNUSED * 5000)
        child = process("--format=concise")
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.readline()
        child.stdout.close()
        assert child.stderr.read() == "Found 5000 problems (5000 warnings) in 1 file; 5000 fixable with `--fix`.\n"
        assert child.wait() == 1

    def test_interrupt(self) -> None:
        os.mkfifo("slow.toml")
        # Who runs the tests in the background may have them ignore interrupts, which a child would inherit.
        child = process("--config", "slow.toml", preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
        time.sleep(1)
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=60)
        assert (child.returncode, out, err.strip()) == (130, "", "")

    def test_names_that_are_no_text(self) -> None:
        name = os.fsdecode(b"caf\xe9.py")
        try:
            write(name, UNUSED)
        except OSError:
            pytest.skip("this file system has no such names")
        out, err = process("--format=concise", "-q").communicate()
        assert (out, err) == (ONE.replace("a.py", "caf\\udce9.py"), "")


class TestOutput:
    def test_files_and_standard_output(self, capsys: pytest.CaptureFixture[str], here: Path) -> None:
        write("a.py", UNUSED)
        code, out, err = lint(
            capsys, "--no-cache", "-o", "concise:a.txt", "--output", "json:b.json", "--format=concise"
        )
        assert (code, out) == (1, ONE)
        assert err == "Found 1 problem (1 warning) in 1 file; 1 fixable with `--fix`.\n"
        assert (here / "a.txt").read_text(encoding="utf-8") == ONE
        assert [each["path"] for each in json.loads((here / "b.json").read_bytes())] == ["a.py"]
        assert sorted(path.name for path in here.iterdir()) == ["a.py", "a.txt", "b.json"]

    def test_one_format_on_standard_output(self, capsys: pytest.CaptureFixture[str]) -> None:
        write("a.py", UNUSED)
        for chosen in ("concise", "concise:-"):
            assert lint(capsys, "-o", chosen, "-q") == (1, ONE, "")

    def test_a_file_of_the_full_format_has_its_summary_and_no_colour(
        self, capsys: pytest.CaptureFixture[str], here: Path
    ) -> None:
        write("a.py", UNUSED)
        _, out, _ = lint(capsys, "-o", "full:a.txt", "-q", "--color=always")
        written = (here / "a.txt").read_text(encoding="utf-8")
        assert "\x1b" in out
        assert "\x1b" not in written
        assert written.endswith("\n\nFound 1 problem (1 warning) in 1 file; 1 fixable with `--fix`.\n")

    @pytest.mark.parametrize(
        ("arguments", "expected"),
        [
            (("-o", "sarfi:x"), "--output: there is no format `sarfi`; did you mean `sarif`?"),
            (("-o", "sarif:"), "--output: `sarif:` names no file"),
            (
                ("-o", "sarif", "-o", "json:-"),
                "--output: sarif and json cannot both go to standard output; say json:FILE",
            ),
            (("-o", "sarif:x", "-o", "json:./x"), "--output: ./x is named twice"),
        ],
    )
    def test_usage(
        self, capsys: pytest.CaptureFixture[str], here: Path, arguments: tuple[str, ...], expected: str
    ) -> None:
        assert lint(capsys, *arguments) == (2, "", f"celery-lint: {expected}\n")
        assert list(here.iterdir()) == []

    @pytest.mark.parametrize(
        ("file", "reason"), [("none/a.json", "no such file or directory"), ("sub", "is a directory")]
    )
    def test_a_file_that_cannot_be_written(
        self, capsys: pytest.CaptureFixture[str], here: Path, file: str, reason: str
    ) -> None:
        (here / "sub").mkdir()
        write("a.py", UNUSED)
        code, out, err = lint(capsys, "-o", f"json:{file}", "-o", "concise:b.txt", "--format=concise", "-q")
        assert (code, out, err) == (2, ONE, f"celery-lint: {file}: cannot be written: {reason}\n")
        assert (here / "b.txt").read_text(encoding="utf-8") == ONE
        assert list((here / "sub").iterdir()) == []

    def test_a_file_keeps_its_mode_and_a_link_its_target(self, capsys: pytest.CaptureFixture[str], here: Path) -> None:
        write("a.py", UNUSED)
        write("real.txt", "old")
        os.chmod("real.txt", 0o640)
        os.symlink("real.txt", "link.txt")
        lint(capsys, "-o", "concise:link.txt")
        assert (here / "link.txt").is_symlink()
        assert (here / "real.txt").read_text(encoding="utf-8") == ONE
        assert (here / "real.txt").stat().st_mode & 0o777 == 0o640

    def test_a_new_file_has_the_mode_of_new_files(self, capsys: pytest.CaptureFixture[str], here: Path) -> None:
        write("a.py", UNUSED)
        lint(capsys, "-o", "concise:a.txt")
        assert (here / "a.txt").stat().st_mode == (here / "a.py").stat().st_mode

    def test_a_device_is_written_to(self, capsys: pytest.CaptureFixture[str]) -> None:
        write("a.py", UNUSED)
        assert lint(capsys, "-o", "json:/dev/null", "--format=concise", "-q") == (1, ONE, "")
