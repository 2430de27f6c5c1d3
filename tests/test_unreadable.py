"""Odd bytes: positions in text that is not ASCII, and files that cannot be read, are huge or nest deeply."""

from __future__ import annotations

import sys
import time
import warnings
from pathlib import Path

import msgspec
import pytest
from building import build

from celery_lint import check
from celery_lint.facts import FileFacts, Span, extract
from celery_lint.project import Project
from celery_lint.project.project import Unreadable


def calls(source: bytes) -> list[Span]:
    found = extract(source)
    assert found.failure is None
    return [call.span for call in found.calls]


class TestPositions:
    @pytest.mark.parametrize(
        "source, span",
        [
            pytest.param(b"go()", Span(1, 1, 1, 5), id="plain"),
            pytest.param("é = go()".encode(), Span(1, 5, 1, 9), id="two bytes"),
            pytest.param("x = '€', go()".encode(), Span(1, 10, 1, 14), id="three bytes"),
            pytest.param("x = '🎉', go()".encode(), Span(1, 10, 1, 14), id="four bytes"),
            pytest.param("x = 'e\u0301', go()".encode(), Span(1, 11, 1, 15), id="combining"),
            pytest.param("# é\nx = go()".encode(), Span(2, 5, 2, 9), id="elsewhere"),
            pytest.param(b"\xef\xbb\xbfgo()", Span(1, 1, 1, 5), id="BOM"),
            pytest.param("\ufeffx = 'é', go()".encode(), Span(1, 10, 1, 14), id="BOM and two bytes"),
            pytest.param(b"x = 1\r\ngo()\r\n", Span(2, 1, 2, 5), id="CRLF"),
            pytest.param("x = '''é\r\né''', go()\r\n".encode(), Span(2, 7, 2, 11), id="CRLF in a string"),
            pytest.param(b"x = 1\rgo()\r", Span(2, 1, 2, 5), id="CR"),
            pytest.param("# coding: latin-1\nx = 'é', go()".encode("latin-1"), Span(2, 10, 2, 14), id="latin-1"),
            pytest.param("# coding: cp1251\nд = go()".encode("cp1251"), Span(2, 5, 2, 9), id="cp1251"),
            pytest.param(b"x = 1\n\x0cgo()", Span(2, 2, 2, 6), id="form feed"),
            pytest.param("x = 'é\x0c\x0b\x1c\u2028', go()".encode(), Span(1, 14, 1, 18), id="other line ends"),
            pytest.param(b"if x:\n\tgo()", Span(2, 2, 2, 6), id="tab"),
            pytest.param("if x:\n\té = go()".encode(), Span(2, 6, 2, 10), id="tab and two bytes"),
            pytest.param(b"x = \\\n  go()", Span(2, 3, 2, 7), id="continued"),
        ],
    )
    def test_columns_count_code_points(self, source: bytes, span: Span) -> None:
        assert [span] == calls(source)


BROKEN = {
    "NUL": b"x = 1\0\n",
    "Python 2": b"print 'a'\n",
    "Python 2 except": b"try: pass\nexcept ValueError, error: pass\n",
    "not UTF-8": b"x = '\xff'\n",
    "UTF-16": "x = 1\n".encode("utf-16"),
    "no such encoding": b"# coding: nonsense\nx = 1\n",
    "not an encoding of text": b"# coding: rot13\nk = 1\n",
    "BOM and cookie": b"\xef\xbb\xbf# coding: latin-1\nx = 1\n",
    "open bracket": b"x = (\n",
    "open string": b"x = '''\n",
    "indentation": b"if x:\n  a\n b\n",
    "tabs and blanks": b"if x:\n        a\n\tb\n",
    "merge": b"<<<<<<< HEAD\nx = 1\n",
    "template": b"{{ cookiecutter.name }} = {% if x %}1{% endif %}\n",
    "image": bytes(range(256)),
    "long number": b"x = " + b"9" * 5000,
}

DEEP = {
    "brackets": b"x = " + b"[" * 3000 + b"]" * 3000,
    "fewer brackets": b"x = " + b"[" * 90 + b"]" * 90,
    "operators": b"x = " + b" + ".join([b"a"] * 5000),
    "fewer operators": b"x = " + b" + ".join([b"'a'"] * 900),
    "calls": b"x = a" + b".b()" * 900,
    "attributes": b"x = a" + b".b" * 2500,
    "items": b"x = a" + b"[0]" * 2500,
    "not": b"x = " + b"not " * 2500 + b"a",
    "minus": b"x = " + b"-" * 2500 + b"a",
    "if-else": b"x = " + b"a if b else " * 2500 + b"c",
    "lambda": b"x = " + b"lambda: " * 2500 + b"c",
    "elif": b"if a: pass\n" + b"elif a: pass\n" * 2500,
    "blocks": b"".join(b" " * n + b"if a:\n" for n in range(95)) + b" " * 95 + b"pass\n",
    "annotation": b"x: '" + b"not " * 2500 + b"a' = 1",
}


class TestAnyBytes:
    @pytest.mark.parametrize("name", BROKEN)
    def test_what_does_not_parse_is_a_failure(self, name: str) -> None:
        found = extract(BROKEN[name])
        assert found.failure is not None
        assert FileFacts(failure=found.failure) == found
        assert found.failure.message
        assert found.failure.line >= 1 <= found.failure.column

    def test_a_failure_says_where(self) -> None:
        failure = extract(b"x = 1\ny = = 2\n").failure
        assert failure is not None
        assert (2, 5) == (failure.line, failure.column)

    def test_nothing(self) -> None:
        for source in (b"", b"\n", b"# only a comment", b"\xef\xbb\xbf"):
            found = extract(source)
            assert (None, 1, ()) == (found.failure, len(found.scopes), found.statements)

    @pytest.mark.parametrize("name", DEEP)
    def test_deep_nesting_is_no_exception(self, name: str) -> None:
        limit = sys.getrecursionlimit()
        assert isinstance(extract(DEEP[name]), FileFacts)
        assert limit == sys.getrecursionlimit()

    @pytest.mark.parametrize("name", DEEP)
    def test_deep_nesting_is_serialisable(self, name: str) -> None:
        found = extract(DEEP[name])
        assert found == msgspec.json.decode(msgspec.json.encode(found), type=FileFacts)

    def test_a_string_that_is_no_annotation_spoils_nothing_else(self) -> None:
        for text in ("'a b'", "'\\0'", "'(' * 9", "'''\n'''"):
            assert 1 == len(calls(f"x: {text} = go()".encode()))

    def test_nor_does_a_surrogate(self) -> None:
        assert 1 == len(calls(b"x: '\\ud800' = go()"))

    @pytest.mark.parametrize(
        "source",
        [
            b"x = '\\d'; y = 1 is 1\n",
            b"z: \"Literal['\\\\d']\" = 1\n",
        ],
        ids=["file", "annotation"],
    )
    def test_no_warning_gets_out(self, source: bytes) -> None:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            extract(source)
        assert [] == caught


class TestHugeFiles:
    def test_ten_megabytes_of_string(self) -> None:
        assert [Span(1, 10_000_008, 1, 10_000_012)] == calls(b"x = '" + b"a" * 10_000_000 + b"';go()")

    def test_ten_megabytes_of_string_that_is_not_ascii(self) -> None:
        assert [Span(1, 5_000_008, 1, 5_000_012)] == calls(b"x = '" + "é".encode() * 5_000_000 + b"';go()")

    def test_a_long_line_that_is_not_ascii_takes_no_longer(self) -> None:
        items = ", ".join(f"'{number}': {number}" for number in range(8_000))
        plain, other = (seconds(f"x = {{'{key}': 0, {items}}}".encode()) for key in ("e", "é"))
        assert other < max(10 * plain, 0.5)


def seconds(source: bytes) -> float:
    before = time.process_time()
    assert extract(source).failure is None
    return time.process_time() - before


class TestInAProject:
    TASKS = "from celery import shared_task\n@shared_task\ndef pay(): pass\n"

    def unreadable(self, root: Path, files: dict[str, str | bytes]) -> list[Unreadable]:
        return list(build(root, files).unreadable)

    def test_a_file_that_speaks_of_celery_is_reported(self, tmp_path: Path) -> None:
        files: dict[str, str | bytes] = {"shop.py": "from celery import shared_task\nprint 'a'\n", "other.py": "x = ("}
        (found,) = self.unreadable(tmp_path, files)
        assert ("shop.py", 2, 1, True) == (found.path, found.line, found.column, found.relevant)

    def test_a_file_that_was_asked_for_is_reported(self, tmp_path: Path) -> None:
        project = build(tmp_path, {"other.py": "x = ("})
        assert [] == list(project.unreadable)
        project.check_file("other.py")
        assert [("other.py", False)] == [(found.path, found.relevant) for found in project.unreadable]

    def test_a_file_that_is_gone(self, tmp_path: Path) -> None:
        project = Project(str(tmp_path), ["gone.py"])
        assert b"" == project.source("gone.py")
        assert [("gone.py", 1, False)] == [(f.path, f.line, f.relevant) for f in project.unreadable]

    def test_importing_from_a_broken_file_gives_nothing(self, tmp_path: Path) -> None:
        files: dict[str, str | bytes] = {"broken.py": b"pay = 1\0", "views.py": "from broken import pay\npay.delay()\n"}
        assert () == build(tmp_path, files).dispatches

    def test_an_overlay_replaces_what_is_on_disk(self, tmp_path: Path) -> None:
        (tmp_path / "shop.py").write_text("x = (")
        project = Project(str(tmp_path), ["shop.py"], overlay={"shop.py": self.TASKS.encode()})
        assert [] == list(project.unreadable)
        assert ["shop.pay"] == [task.name for task in project.tasks.all]

    @pytest.mark.parametrize("name", DEEP)
    def test_deep_nesting_crashes_no_rule(self, name: str, tmp_path: Path) -> None:
        deep = DEEP[name].replace(b"x = ", b"CELERY_TASK_ALWAYS_EAGER = x = ", 1)
        source = self.TASKS.encode() + deep + b"\npay.delay(x)\nx.delay()\n"
        (tmp_path / "settings.py").write_bytes(source)
        report = check([tmp_path], isolated=True, root=str(tmp_path))
        assert [] == [finding.message for finding in report.findings if finding.code == "CLT001"]
