"""Baselines: what they hide, what they never hide, and what keeps them honest."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import celery_lint
from celery_lint.baseline import Baseline
from celery_lint.cli import main
from celery_lint.fingerprint import Fingerprint

FILE = "celery-lint-baseline.json"
TASKS = (
    "from celery import shared_task\n\n\n"
    "@shared_task\ndef send_receipt(pk): ...\n\n\n"
    "@shared_task\ndef send_refusal(pk): ...\n"
)
HEAD = "from django.db import transaction\n\nfrom shop.tasks import send_receipt, send_refusal\n\n\n"


def sends(name: str, task: str = "send_receipt", more: str = "") -> str:
    """A function that sends a task in a transaction."""
    return f"def {name}(order):\n    with transaction.atomic():\n        {task}.delay(order.pk){more}\n\n\n"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write("shop/tasks.py", TASKS)
    write("shop/orders.py", HEAD + sends("place") + sends("resend"))
    return tmp_path


def write(name: str, text: str) -> None:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def lint(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output, standard error."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    out, err = capsys.readouterr()
    return int(str(ended.value.code or 0)), out, err


def found(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[str]]:
    """Exit code, and each finding as `path:line code`, with the baseline."""
    code, out, _ = lint(capsys, "check", "--format=json", "--baseline", FILE, *arguments)
    return code, [f"{each['path']}:{each['line']} {each['code']}" for each in json.loads(out)]


def created(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[Fingerprint]:
    code, _, err = lint(capsys, "baseline", "create", *arguments)
    assert (code, err) == (0, "")
    return listed()


def listed(name: str = FILE) -> list[Fingerprint]:
    return sorted(Baseline.read(name).entries)


class TestFile:
    def test_is_sorted_with_one_entry_a_line(self, capsys: pytest.CaptureFixture[str]) -> None:
        created(capsys)
        entry = (
            '{"path": "shop/orders.py", "code": "CLT101", "scope": "%s", '
            '"statement": "send_receipt.delay(order.pk)", "occurrence": 1}'
        )
        expected = '{"version": 1, "entries": [\n' + entry % "place" + ",\n" + entry % "resend" + "\n]}\n"
        assert expected == Path(FILE).read_text(encoding="utf-8")

    def test_nothing_found(self, capsys: pytest.CaptureFixture[str]) -> None:
        write("shop/orders.py", "")
        assert created(capsys) == []
        assert json.loads(Path(FILE).read_text(encoding="utf-8")) == {"version": 1, "entries": []}

    def test_is_the_same_whoever_writes_it(self, capsys: pytest.CaptureFixture[str]) -> None:
        created(capsys)
        first = Path(FILE).read_bytes()
        lint(capsys, "baseline", "update")
        assert first == Path(FILE).read_bytes()
        command = [sys.executable, "-m", "celery_lint", "baseline", "create", "--force"]
        subprocess.run(command, check=True, env={**os.environ, "PYTHONHASHSEED": "7"}, stdout=subprocess.DEVNULL)
        assert first == Path(FILE).read_bytes()

    def test_paths_are_relative_to_the_file(self, capsys: pytest.CaptureFixture[str]) -> None:
        Path("lists").mkdir()
        lint(capsys, "baseline", "create", "--baseline", "lists/old.json")
        assert {each.path for each in listed("lists/old.json")} == {"../shop/orders.py"}
        assert lint(capsys, "--baseline", "lists/old.json")[0] == 0
        assert lint(capsys, "shop", "--baseline", "lists/old.json", "--strict-baseline")[0] == 0

    def test_holds_from_any_directory(
        self, capsys: pytest.CaptureFixture[str], here: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        created(capsys)
        monkeypatch.chdir(here / "shop")
        assert lint(capsys, "--baseline", f"../{FILE}", "--strict-baseline")[0] == 0
        assert lint(capsys, "..", "--baseline", f"../{FILE}", "--root", "..", "--strict-baseline")[0] == 0


class TestHides:
    def test_what_is_listed_and_says_so(self, capsys: pytest.CaptureFixture[str]) -> None:
        created(capsys)
        hidden = "No problems in 2 files; the baseline hides 2.\n"
        assert lint(capsys, "--baseline", FILE) == (0, hidden, "")
        write("shop/late.py", HEAD + sends("late"))
        _, out, _ = lint(capsys, "--baseline", FILE)
        assert out.endswith(
            "Found 1 problem (1 error) in 3 files; "
            "0 fixable with `--fix` (1 more with `--unsafe-fixes`); the baseline hides 2.\n"
        )

    def test_moved_lines(self, capsys: pytest.CaptureFixture[str]) -> None:
        created(capsys)
        write("shop/orders.py", "import os\n\n\n" + HEAD + sends("resend") + "x = 1\n\n\n" + sends("place"))
        assert (0, []) == found(capsys, "--strict-baseline")

    def test_another_layout(self, capsys: pytest.CaptureFixture[str]) -> None:
        created(capsys)
        text = HEAD + sends("place") + sends("resend")
        write("shop/orders.py", text.replace("(order.pk)", "(\n            order.pk,  # the key\n        )"))
        assert (0, []) == found(capsys, "--strict-baseline")

    def test_only_as_many_as_there_were(self, capsys: pytest.CaptureFixture[str]) -> None:
        one, again = HEAD + sends("place").rstrip(), "\n        send_receipt.delay(order.pk)"
        write("shop/orders.py", one + again + "\n")
        assert [each.occurrence for each in created(capsys)] == [1, 2]
        assert (0, []) == found(capsys)
        write("shop/orders.py", one + again + again + "\n")
        assert (1, ["shop/orders.py:10 CLT101"]) == found(capsys)


class TestSwap:
    """One finding is mended and another of the same rule comes: as many as before, and a new one all the same."""

    def test_elsewhere_in_the_file(self, capsys: pytest.CaptureFixture[str]) -> None:
        created(capsys)
        mended = sends("place").replace(".delay(", ".delay_on_commit(")
        write("shop/orders.py", HEAD + mended + sends("resend") + sends("refuse", "send_refusal"))
        assert (1, ["shop/orders.py:18 CLT101"]) == found(capsys)

    def test_on_the_same_line_and_columns(self, capsys: pytest.CaptureFixture[str]) -> None:
        created(capsys)
        write("shop/orders.py", HEAD + sends("place", "send_refusal") + sends("resend"))
        assert (1, ["shop/orders.py:8 CLT101"]) == found(capsys)

    def test_in_a_function_of_another_name(self, capsys: pytest.CaptureFixture[str]) -> None:
        created(capsys)
        write("shop/orders.py", HEAD + sends("place") + sends("repeat"))
        assert (1, ["shop/orders.py:13 CLT101"]) == found(capsys)

    def test_of_another_rule_on_the_same_statement(self, capsys: pytest.CaptureFixture[str]) -> None:
        write("shop/models.py", "from django.db import models\n\n\nclass Order(models.Model):\n    pass\n")
        body = "def place():\n    order = Order.objects.create()\n    send_receipt.delay(order)\n"
        head = "from shop.models import Order\n" + HEAD
        write("shop/orders.py", head + body)
        assert [each.code for each in created(capsys)] == ["CLT201"]
        write("shop/orders.py", head + "@transaction.atomic\n" + body)
        assert (1, ["shop/orders.py:10 CLT101"]) == found(capsys)


class TestStale:
    @pytest.fixture
    def mended(self, capsys: pytest.CaptureFixture[str]) -> str:
        """The complaint about the entry whose finding has gone."""
        created(capsys)
        write("shop/orders.py", HEAD + sends("place"))
        return f"{FILE}: stale: shop/orders.py: CLT101 in resend: send_receipt.delay(order.pk)\n"

    def test_is_a_warning(self, capsys: pytest.CaptureFixture[str], mended: str) -> None:
        code, _, err = lint(capsys, "--baseline", FILE)
        assert (0, f"celery-lint: warning: {mended}") == (code, err)
        assert lint(capsys, "--baseline", FILE, "-q") == (0, "", "")

    def test_fails_a_strict_run(self, capsys: pytest.CaptureFixture[str], mended: str) -> None:
        for quiet in ([], ["-q"]):
            code, _, err = lint(capsys, "--baseline", FILE, "--strict-baseline", *quiet)
            assert (1, f"celery-lint: {mended}") == (code, err)

    def test_is_not_said_of_what_was_not_looked_at(self, capsys: pytest.CaptureFixture[str], mended: str) -> None:
        assert mended
        for arguments in (["shop/tasks.py"], ["--select", "CLT2"], ["--ignore", "CLT101"]):
            assert lint(capsys, "--baseline", FILE, "--strict-baseline", *arguments)[0] == 0
        assert lint(capsys, "shop/orders.py", "--baseline", FILE, "--strict-baseline")[0] == 1

    def test_is_not_said_of_what_is_too_light(self, capsys: pytest.CaptureFixture[str]) -> None:
        head = "from django.db.models.signals import post_save\nfrom django.dispatch import receiver\n"
        write(
            "shop/signals.py",
            head + HEAD + "@receiver(post_save)\ndef saved(instance, **_):\n    send_receipt.delay(instance.pk)\n",
        )
        assert {"CLT101", "CLT103"} == {each.code for each in created(capsys)}
        assert lint(capsys, "--baseline", FILE, "--strict-baseline", "--min-severity", "error")[0] == 0

    def test_of_a_file_that_is_gone(self, capsys: pytest.CaptureFixture[str]) -> None:
        created(capsys)
        Path("shop/orders.py").unlink()
        code, _, err = lint(capsys, "--baseline", FILE, "--strict-baseline")
        assert (1, 2) == (code, err.count("stale: shop/orders.py: CLT101 in "))

    def test_of_a_finding_that_a_comment_silences(self, capsys: pytest.CaptureFixture[str]) -> None:
        created(capsys)
        write("shop/orders.py", HEAD + sends("place") + sends("resend", more="  # noqa: CLT101"))
        assert lint(capsys, "--baseline", FILE, "--strict-baseline")[0] == 1


class TestCommands:
    def test_create_does_not_overwrite(self, capsys: pytest.CaptureFixture[str]) -> None:
        created(capsys)
        before = Path(FILE).read_bytes()
        write("shop/orders.py", "")
        code, out, err = lint(capsys, "baseline", "create")
        assert (2, "") == (code, out)
        assert err == f"celery-lint: {FILE} is there already; `baseline update` renews it, --force replaces it\n"
        assert before == Path(FILE).read_bytes()
        assert created(capsys, "--force") == []

    def test_update_is_what_is_found_now(self, capsys: pytest.CaptureFixture[str]) -> None:
        created(capsys)
        write("shop/orders.py", HEAD + sends("place") + sends("refuse", "send_refusal"))
        code, out, _ = lint(capsys, "baseline", "update")
        assert (0, f"{FILE}: 2 entries; 1 added, 1 taken out.\n") == (code, out)
        assert ["place", "refuse"] == [each.scope for each in listed()]

    def test_update_of_some_files_leaves_the_others(self, capsys: pytest.CaptureFixture[str]) -> None:
        write("shop/refunds.py", HEAD + sends("refund"))
        created(capsys)
        write("shop/orders.py", "")
        write("shop/refunds.py", HEAD + sends("repay"))
        lint(capsys, "baseline", "update", "shop/refunds.py")
        assert ["place", "resend", "repay"] == [each.scope for each in listed()]

    def test_prune_only_takes_out(self, capsys: pytest.CaptureFixture[str]) -> None:
        created(capsys)
        write("shop/orders.py", HEAD + sends("place") + sends("refuse", "send_refusal"))
        code, out, _ = lint(capsys, "baseline", "prune")
        assert (0, f"{FILE}: 1 entry; 1 taken out.\n") == (code, out)
        assert ["place"] == [each.scope for each in listed()]
        assert (1, ["shop/orders.py:13 CLT101"]) == found(capsys)

    def test_check_never_writes(self, capsys: pytest.CaptureFixture[str]) -> None:
        created(capsys)
        before = os.stat(FILE)
        write("shop/orders.py", HEAD + sends("refuse", "send_refusal"))
        found(capsys)
        found(capsys, "--strict-baseline")
        assert before == os.stat(FILE)

    def test_show(self, capsys: pytest.CaptureFixture[str]) -> None:
        created(capsys)
        assert lint(capsys, "baseline", "show") == (
            0,
            f"{FILE}: 2 entries\n"
            "\n"
            "CLT101 delay-in-atomic: 2\n"
            "  shop/orders.py: 2\n"
            "    place: send_receipt.delay(order.pk)\n"
            "    resend: send_receipt.delay(order.pk)\n",
            "",
        )

    def test_nothing_is_written_when_not_all_could_be_checked(self, capsys: pytest.CaptureFixture[str]) -> None:
        code, out, err = lint(capsys, "baseline", "create", "shop", "nowhere")
        assert (2, "", "celery-lint: nowhere: no such file or directory\n") == (code, out, err)
        assert not Path(FILE).exists()

    def test_a_directory_that_cannot_be_written(self, capsys: pytest.CaptureFixture[str]) -> None:
        code, _, err = lint(capsys, "baseline", "create", "--baseline", "nowhere/old.json")
        assert (2, "celery-lint: nowhere/old.json: cannot be written: No such file or directory\n") == (code, err)

    def test_permissions_and_links_stay(self, capsys: pytest.CaptureFixture[str]) -> None:
        created(capsys)
        os.rename(FILE, "real.json")
        os.chmod("real.json", 0o640)
        os.symlink("real.json", FILE)
        write("shop/orders.py", "")
        lint(capsys, "baseline", "update")
        assert os.path.islink(FILE)
        assert os.stat("real.json").st_mode & 0o777 == 0o640
        assert listed("real.json") == []
        assert [] == [name for name in os.listdir(".") if name.startswith(".celery-lint-")]


class TestConfiguration:
    def test_key_is_relative_to_its_file(
        self, capsys: pytest.CaptureFixture[str], here: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write("celery-lint.toml", 'baseline = "lists/old.json"\n')
        Path("lists").mkdir()
        monkeypatch.chdir(here / "shop")
        assert lint(capsys, "baseline", "create")[0] == 0
        assert (here / "lists/old.json").exists()
        assert lint(capsys) == (0, "No problems in 2 files; the baseline hides 2.\n", "")
        assert lint(capsys, "--no-baseline")[0] == 1
        assert len(celery_lint.check(".").findings) == 0
        assert len(celery_lint.check(".", baseline="").findings) == 2

    def test_from_the_environment(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        created(capsys)
        monkeypatch.setenv("CELERY_LINT_BASELINE", FILE)
        assert lint(capsys)[0] == 0
        assert lint(capsys, "--no-baseline")[0] == 1

    def test_both_ways_at_once(self, capsys: pytest.CaptureFixture[str]) -> None:
        expected = (2, "", "celery-lint: --baseline and --no-baseline go against each other\n")
        assert expected == lint(capsys, "--no-baseline", "--baseline", FILE)

    def test_hidden_findings_are_in_the_report(self, capsys: pytest.CaptureFixture[str]) -> None:
        created(capsys)
        report = celery_lint.check(".", baseline=FILE)
        assert ([], 2, 0) == ([*report.findings], len(report.hidden), report.exit_code)


class TestBroken:
    def test_a_missing_file(self, capsys: pytest.CaptureFixture[str]) -> None:
        for arguments in (["--baseline", FILE], ["baseline", "show"], ["baseline", "prune"], ["baseline", "update"]):
            code, out, err = lint(capsys, *arguments)
            assert (2, "") == (code, out)
            assert err == f"celery-lint: {FILE}: there is no such baseline; `celery-lint baseline create` writes one\n"

    @pytest.mark.parametrize(
        ("content", "complaint"),
        [
            (b"", "is broken: "),
            (b"{", "is broken: "),
            (b"[]", "is broken: Expected `object`, got `array`"),
            (b"\xff\xfe", "is broken: "),
            (b'{"entries": []}', "is broken: Object missing required field `version`"),
            (b'{"version": 2, "entries": []}', "has version 2; only 1 is understood"),
            (b'{"version": 1}', "is broken: Object missing required field `entries`"),
            (b'{"version": 1, "entries": [{"path": 1}]}', "is broken: Expected `str`, got `int` - at `$.entries[0]"),
            (b'{"version": 1, "entries": [\n<<<<<<< HEAD\n]}', "is broken: "),
        ],
    )
    def test_one_line_and_exit_code_2(self, capsys: pytest.CaptureFixture[str], content: bytes, complaint: str) -> None:
        Path(FILE).write_bytes(content)
        for arguments in (["--baseline", FILE], ["baseline", "update"]):
            code, out, err = lint(capsys, *arguments)
            assert (2, "") == (code, out)
            assert err.startswith(f"celery-lint: {FILE}: the baseline {complaint}")
            assert err.count("\n") == 1
        assert content == Path(FILE).read_bytes()

    def test_a_directory(self, capsys: pytest.CaptureFixture[str]) -> None:
        expected = (2, "", "celery-lint: shop: the baseline cannot be read: Is a directory\n")
        assert expected == lint(capsys, "--baseline", "shop")
