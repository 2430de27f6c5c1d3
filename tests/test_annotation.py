"""Comments that `--add-ignore` writes: they silence, break nothing, and are written once."""

from __future__ import annotations

import ast
import os
from pathlib import Path

import pytest

from celery_lint import check
from celery_lint.cli import main

TASKS = "from celery import shared_task\n\n\n@shared_task\ndef send(pk, text=''): ...\n"
HEAD = "from django.db import transaction\n\nfrom shop.tasks import send\n\n\n"
PLAIN = HEAD + "@transaction.atomic\ndef place(pk):\n    send.delay(pk)\n"
IGNORE = "# celery-lint: ignore[delay-in-atomic]"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write("shop/tasks.py", TASKS)
    return tmp_path


def write(name: str, text: str) -> None:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())


def lint(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output, standard error."""
    with pytest.raises(SystemExit) as ended:
        main(["check", *arguments])
    out, err = capsys.readouterr()
    return int(str(ended.value.code or 0)), out, err


def annotated(capsys: pytest.CaptureFixture[str], text: str, *arguments: str) -> str:
    """The text once every finding in it is silenced, which is made sure of."""
    write("shop/orders.py", text)
    expected = len({each.statement for each in check(".").findings})
    assert expected
    code, out, err = lint(capsys, *(arguments or ("--add-ignore",)))
    words = f"{expected} comment{'s' if expected > 1 else ''} to 1 file"
    assert (0, f"Added {words}.\n", "") == (code, out, err)
    after = Path("shop/orders.py").read_bytes().decode()
    assert ast.dump(ast.parse(text)) == ast.dump(ast.parse(after))
    assert () == check(".").findings
    assert (0, "Added 0 comments to 0 files.\n", "") == lint(capsys, "--add-ignore")
    assert after == Path("shop/orders.py").read_bytes().decode()
    return after


class TestPlace:
    def test_on_a_line_above(self, capsys: pytest.CaptureFixture[str]) -> None:
        expected = PLAIN.replace("    send.delay", f"    {IGNORE}\n    send.delay")
        assert expected == annotated(capsys, PLAIN)

    @pytest.mark.parametrize(
        "statement",
        [
            "send.delay(\n        pk,\n    )",
            "send.delay(pk)  # sent at once",
            'send.delay(pk, text="""\n  # no comment\n""")',
            "send.delay(pk, \\\n        text='x')",
            "x = 1; send.delay(pk)",
            "if pk: send.delay(pk)",
            "if pk:\n        pass\n    elif send.delay(pk):\n        pass",
            "try:\n        pass\n    except ValueError:\n        send.delay(pk)",
            "with opened(send.delay(pk).id):\n        pass",
            "# a word on it\n    send.delay(pk)",
            "# noqa: E501\n    send.delay(pk)  # noqa: E501",
            "return [\n        send.delay(each)\n        for each in pk\n    ]",
            "send.delay(pk), send.delay(1)",
        ],
    )
    def test_any_statement(self, capsys: pytest.CaptureFixture[str], statement: str) -> None:
        text = PLAIN.replace("send.delay(pk)", statement)
        after = annotated(capsys, text)
        above = text.replace(f"    {statement}", f"    {IGNORE}\n    {statement}")
        assert IGNORE in after
        if "elif" not in statement and "#" not in statement.split("\n")[0] and "except" not in statement:
            assert above == after

    @pytest.mark.parametrize(
        "statement",
        [
            "if pk and \\\n        pk: send.delay(pk)",
            "x = '''\n'''; send.delay(pk)",
        ],
    )
    def test_at_the_end_where_the_line_above_is_taken(self, capsys: pytest.CaptureFixture[str], statement: str) -> None:
        text = PLAIN.replace("send.delay(pk)", statement)
        assert text.replace(statement, f"{statement}  {IGNORE}") == annotated(capsys, text)

    def test_two_statements(self, capsys: pytest.CaptureFixture[str]) -> None:
        after = annotated(capsys, PLAIN + "    send.delay(1)\n")
        assert after.count(IGNORE) == 2

    def test_two_rules_in_one_comment(self, capsys: pytest.CaptureFixture[str]) -> None:
        write("shop/models.py", "from django.db import models\n\n\nclass Order(models.Model):\n    pass\n")
        body = "@transaction.atomic\ndef place():\n    order = Order.objects.create()\n    send.delay(order)\n"
        after = annotated(capsys, "from shop.models import Order\n" + HEAD + body)
        assert "    # celery-lint: ignore[delay-in-atomic, model-instance-argument]\n    send.delay" in after

    def test_where_there_is_no_place(self, capsys: pytest.CaptureFixture[str]) -> None:
        text = PLAIN.replace("send.delay(pk)", "x = '''\n'''; send.delay(pk); y = '''\n'''")
        write("shop/orders.py", text)
        code, out, err = lint(capsys, "--add-ignore")
        assert (0, "Added 0 comments to 0 files.\n") == (code, out)
        assert err == "celery-lint: shop/orders.py:9:6: CLT101 has no place for a comment and is left\n"
        assert text == Path("shop/orders.py").read_text()

    def test_entries_of_a_literal(self, capsys: pytest.CaptureFixture[str]) -> None:
        text = PLAIN.replace(
            "send.delay(pk)", "return [\n        send.delay(pk),\n        send.delay(\n            1\n        ),\n    ]"
        )
        write("shop/orders.py", text)
        assert "Added 2 comments to 1 file.\n" == lint(capsys, "--add-ignore")[1]
        expected = text.replace("        send", f"        {IGNORE}\n        send")
        assert expected == Path("shop/orders.py").read_text()
        assert () == check(".").findings
        Path("shop/orders.py").write_text(expected.replace("(pk)", "(pk, pk)").replace("ignore[", "ignore[CLT201, ", 1))
        assert {"CLT003"} == {finding.code for finding in check(".").findings}


DEPLOYED = {
    "docker-compose.yml": (
        "services:\n  worker:\n    image: shop\n{}    command: >\n      celery -A shop worker\n      -B\n",
        "services:\r\n  worker:\r\n    image: shop\r\n{}    command:\r\n      - celery\r\n      - worker\r\n      - -B",
        "services:\n  worker:\n    image: {{{{ image }}}}\n{}    command: celery -A shop worker -B\n",
    ),
    "Dockerfile": ("FROM python:3.12\n{}CMD celery -A shop worker \\\n    -B\n",),
    "Procfile": ("web: gunicorn shop\n{}worker: celery -A shop worker -B\n",),
    "start.sh": ("#!/bin/bash\nif true; then\n{}  exec celery -A shop worker \\\n    -B\nfi\n",),
    "etc/worker.service": ("[Service]\n{}ExecStart=/bin/celery -A shop worker -B\n",),
    "etc/supervisord.conf": ("[program:worker]\n{}command=celery -A shop worker -B\nuser=shop\n",),
}


class TestDeployment:
    """Files that are not Python get the comment on a line of its own."""

    @pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in DEPLOYED.items() for text in texts])
    def test_every_kind_of_file(self, capsys: pytest.CaptureFixture[str], name: str, text: str) -> None:
        write(name, text.format(""))
        assert ["CLT801"] == [finding.code for finding in check(".", select=["CLT801"]).findings]
        assert "Added 1 comment to 1 file.\n" == lint(capsys, "--add-ignore=old", "--select", "CLT801")[1]
        newline = "\r\n" if "\r\n" in text else "\n"
        indentation = text.split("{}", 1)[1]
        indentation = indentation[: len(indentation) - len(indentation.lstrip(" "))]
        comment = f"{indentation}# celery-lint: ignore[beat-in-worker] old{newline}"
        assert text.format(comment) == Path(name).read_bytes().decode()
        assert () == check(".", select=["CLT801", "CLT003"]).findings

    def test_not_into_a_text(self, capsys: pytest.CaptureFixture[str]) -> None:
        text = (
            "services:\n  worker:\n    command:\n    - sh\n    - -c\n    - |\n      cd shop\n      celery worker -B\n"
        )
        write("docker-compose.yml", text)
        assert 0 == lint(capsys, "--add-ignore", "--select", "CLT801")[0]
        after = Path("docker-compose.yml").read_text()
        assert text == "".join(line for line in after.splitlines(keepends=True) if "#" not in line)
        assert text[text.index("- |") :] == after[after.index("- |") :]


class TestReason:
    def test_is_written(self, capsys: pytest.CaptureFixture[str]) -> None:
        after = annotated(capsys, PLAIN, "--add-ignore=not looked at\n yet")
        assert f"    {IGNORE} not looked at yet\n" in after

    def test_is_never_the_next_word(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert IGNORE + "\n" in annotated(capsys, PLAIN, "--add-ignore", "shop")
        write("shop/orders.py", PLAIN)
        assert IGNORE + " old\n" in annotated(capsys, PLAIN, "shop", "--add-ignore=old")

    def test_when_one_is_required(self, capsys: pytest.CaptureFixture[str]) -> None:
        write("celery-lint.toml", "require-reason = true\n")
        annotated(capsys, PLAIN, "--add-ignore=old")
        write("shop/orders.py", PLAIN.replace("(pk)\n", f"(pk)  {IGNORE}\n", 2))
        assert ["CLT005"] == [finding.code for finding in check(".").findings if finding.code != "CLT003"]


class TestBytes:
    def test_line_ends_and_byte_order_mark_stay(self, capsys: pytest.CaptureFixture[str], here: Path) -> None:
        text = "\ufeff" + PLAIN.replace("\n", "\r\n")
        write("shop/orders.py", text)
        lint(capsys, "--add-ignore")
        expected = text.replace("    send.delay", f"    {IGNORE}\r\n    send.delay")
        assert expected.encode() == (here / "shop/orders.py").read_bytes()

    def test_mixed_line_ends_and_no_last_one(self, capsys: pytest.CaptureFixture[str]) -> None:
        text = PLAIN.replace("\n\n", "\r\n\n", 1).rstrip()
        after = annotated(capsys, text)
        assert after == text.replace("    send.delay", f"    {IGNORE}\n    send.delay")

    def test_another_encoding(self, capsys: pytest.CaptureFixture[str], here: Path) -> None:
        text = "# coding: latin-1\n" + PLAIN.replace("(pk)\n", "(pk, text='é')\n", 2).replace("place(pk, text='é')", "")
        (here / "shop/orders.py").write_bytes(text.replace("def :", "def place(pk):").encode("latin-1"))
        assert lint(capsys, "--add-ignore")[:2] == (0, "Added 1 comment to 1 file.\n")
        assert "'é'" in (here / "shop/orders.py").read_text(encoding="latin-1")
        assert () == check(".").findings

    def test_a_reason_that_the_encoding_cannot_hold(self, capsys: pytest.CaptureFixture[str], here: Path) -> None:
        text = ("# coding: ascii\n" + PLAIN).encode()
        (here / "shop/orders.py").write_bytes(text)
        code, out, err = lint(capsys, "--add-ignore=später")
        assert (0, "Added 0 comments to 0 files.\n") == (code, out)
        assert "has no place for a comment" in err
        assert text == (here / "shop/orders.py").read_bytes()

    def test_a_file_that_may_not_be_written(self, capsys: pytest.CaptureFixture[str], here: Path) -> None:
        if os.geteuid() == 0:
            pytest.skip("root may write everywhere")
        write("shop/orders.py", PLAIN)
        (here / "shop/orders.py").chmod(0o444)
        code, _, err = lint(capsys, "--add-ignore")
        assert (2, "celery-lint: shop/orders.py: cannot be written: Permission denied\n") == (code, err)
        assert PLAIN == Path("shop/orders.py").read_text()


class TestRun:
    def test_findings_about_comments_are_left(self, capsys: pytest.CaptureFixture[str]) -> None:
        write("shop/orders.py", "x = 1  # noqa: CLT101\n")
        expected = "celery-lint: shop/orders.py:1:16: CLT003 is about the file itself and is left\n"
        assert (0, "Added 0 comments to 0 files.\n", expected) == lint(capsys, "--add-ignore")

    def test_only_what_would_be_reported(self, capsys: pytest.CaptureFixture[str]) -> None:
        write("shop/orders.py", PLAIN)
        assert lint(capsys, "--add-ignore", "--ignore", "CLT101")[1] == "Added 0 comments to 0 files.\n"
        assert lint(capsys, "--add-ignore", "shop/tasks.py")[1] == "Added 0 comments to 0 files.\n"
        assert PLAIN == Path("shop/orders.py").read_text()

    def test_a_missing_path(self, capsys: pytest.CaptureFixture[str]) -> None:
        code, _, err = lint(capsys, "--add-ignore", "nowhere")
        assert (2, "celery-lint: nowhere: no such file or directory\n") == (code, err)

    def test_standard_input(self, capsys: pytest.CaptureFixture[str]) -> None:
        words = "celery-lint: --add-ignore writes into files and does not go with standard input\n"
        assert (2, "", words) == lint(capsys, "--add-ignore", "-")
