"""The formats: what a finding looks like to people, to editors and to programs."""

from __future__ import annotations

import json
import textwrap

import pytest
from msgspec.structs import replace

from celery_lint.finding import (
    Applicability,
    Confidence,
    Edit,
    Finding,
    Location,
    Severity,
    Step,
    Suggestion,
)
from celery_lint.pages import find_page
from celery_lint.report import FORMATS, Report, renderer, summary
from celery_lint.report.diff import Change, changes
from celery_lint.report.palette import Palette
from celery_lint.report.printable import Row, printable
from celery_lint.report.snippet import Mark, snippet

FILES = {
    "shop/services.py": "\n" * 16 + "    send_receipt.delay(order_id)\n",
    "shop/views.py": "\n" * 29 + "    with transaction.atomic():\n        services.finalise(pk)\n",
}
SENT = Location("shop/services.py", 17, 5, 17, 33)
FINDING = Finding(
    code="CLT000",
    name="sent-too-early",
    category="transactions",
    location=SENT,
    statement=SENT,
    message="`shop.tasks.send_receipt` is sent before the transaction commits",
    why="a worker may look for the row before it is committed",
    severity=Severity.ERROR,
    confidence=Confidence.HIGH,
    label="sent here",
    trace=(
        Step(Location("shop/views.py", 30, 10, 30, 30), "transaction opened here"),
        Step(Location("shop/views.py", 31, 9, 31, 30), "leads here"),
        Step(SENT, "sent here"),
    ),
    fix=Suggestion(
        "send it when the transaction commits",
        Applicability.UNSAFE,
        (Edit("shop/services.py", 17, 18, 17, 23, "delay_on_commit"),),
    ),
)


def read(path: str) -> bytes:
    return FILES[path].encode()


def shown(report: Report, name: str, color: bool = False) -> str:
    return "\n".join(renderer(name)(report, read, color)) + "\n"


def drawn(text: str, *marks: Mark) -> str:
    return "\n".join(snippet(text.split("\n"), marks, 2, Palette(False))) + "\n"


def picture(text: str) -> str:
    """The text of a test without its indentation, which `dedent` would take too much of."""
    return "".join(line[12:] for line in text.splitlines(keepends=True))


def primary(line: int, column: int, end_line: int, end_column: int, label: str = "here") -> Mark:
    return Mark(line, column, end_line, end_column, label, True)


def secondary(line: int, column: int, end_line: int, end_column: int, label: str = "there") -> Mark:
    return Mark(line, column, end_line, end_column, label, False)


def test_full() -> None:
    expected = """\
        error[CLT000] sent-too-early: `shop.tasks.send_receipt` is sent before the transaction commits
          --> shop/services.py:17:5
           |
        17 |     send_receipt.delay(order_id)
           |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ sent here
           |
          ::: shop/views.py
           |
        30 |     with transaction.atomic():
           |          -------------------- transaction opened here
        31 |         services.finalise(pk)
           |         --------------------- leads here
           |
           = a worker may look for the row before it is committed
        help: send it when the transaction commits (unsafe)
           |
        17 -     send_receipt.delay(order_id)
        17 +     send_receipt.delay_on_commit(order_id)
           |

        Found 1 problem (1 error) in 240 files; 0 fixable with `--fix` (1 more with `--unsafe-fixes`).
        """
    assert textwrap.dedent(expected) == shown(Report((FINDING,), 240), "full")


def test_full_without_a_file_to_draw() -> None:
    place = Location("Procfile", 3, 1, 3, 9)
    finding = replace(FINDING, location=place, trace=(), fix=None)
    expected = """\
        error[CLT000] sent-too-early: `shop.tasks.send_receipt` is sent before the transaction commits
         --> Procfile:3:1
          = a worker may look for the row before it is committed

        Found 1 problem (1 error) in 1 file.
        """
    assert textwrap.dedent(expected) == shown(Report((finding,), 1), "full")


def test_full_gives_the_advice_of_the_page_when_there_is_no_fix() -> None:
    page = find_page("CLT101")
    assert page is not None
    finding = replace(FINDING, code="CLT101", trace=(), fix=None)
    lines = shown(Report((finding,)), "full").splitlines()
    assert lines[-4:-2] == [f"help: {page.help}", "   = more: celery-lint rule CLT101"]


def test_full_shows_the_edits_of_another_file_under_its_name() -> None:
    fix = Suggestion("say it there", Applicability.SAFE, (Edit("shop/views.py", 30, 1, 30, 1, "import x\n"),))
    lines = shown(Report((replace(FINDING, trace=(), fix=fix),)), "full").splitlines()
    assert lines[7:12] == ["help: say it there", "  ::: shop/views.py", "   |", "30 + import x", "   |"]


def test_concise() -> None:
    expected = "shop/services.py:17:5: CLT000 `shop.tasks.send_receipt` is sent before the transaction commits\n"
    assert expected == shown(Report((FINDING,)), "concise")


def test_concise_is_one_line_whatever_the_text() -> None:
    finding = replace(FINDING, message="a\nb\x1b[31m", location=replace(SENT, path="a\nb.py"))
    assert shown(Report((finding,)), "concise") == "a b.py:17:5: CLT000 a b\ufffd[31m\n"


def test_json() -> None:
    assert json.loads(shown(Report((FINDING,)), "json")) == [
        {
            "code": "CLT000",
            "name": "sent-too-early",
            "path": "shop/services.py",
            "line": 17,
            "column": 5,
            "end_line": 17,
            "end_column": 33,
            "message": "`shop.tasks.send_receipt` is sent before the transaction commits",
            "severity": "error",
            "confidence": "high",
            "category": "transactions",
            "trace": [
                {"path": "shop/views.py", "line": 30, "column": 10, "message": "transaction opened here"},
                {"path": "shop/views.py", "line": 31, "column": 9, "message": "leads here"},
                {"path": "shop/services.py", "line": 17, "column": 5, "message": "sent here"},
            ],
            "fix": {
                "title": "send it when the transaction commits",
                "applicability": "unsafe",
                "edits": [
                    {
                        "path": "shop/services.py",
                        "start_line": 17,
                        "start_column": 18,
                        "end_line": 17,
                        "end_column": 23,
                        "text": "delay_on_commit",
                    }
                ],
            },
            "suppressed": None,
        },
    ]


def test_json_of_nothing_and_of_no_fix() -> None:
    assert json.loads(shown(Report(), "json")) == []
    both = json.loads(shown(Report((replace(FINDING, fix=None), FINDING)), "json"))
    assert [each["fix"] is None for each in both] == [True, False]


@pytest.mark.parametrize("name", FORMATS)
def test_colour_only_on_demand(name: str) -> None:
    report = Report((FINDING,), 1)
    assert "\x1b" not in shown(report, name)
    assert ("\x1b" in shown(report, name, color=True)) is (name in ("full", "concise", "grouped"))


@pytest.mark.parametrize(
    ("severities", "files", "expected"),
    [
        ("", 240, "No problems in 240 files."),
        ("", 1, "No problems in 1 file."),
        ("e", 1, "Found 1 problem (1 error) in 1 file."),
        ("wwe", 2, "Found 3 problems (1 error, 2 warnings) in 2 files."),
        ("iwe", 0, "Found 3 problems (1 error, 1 warning, 1 note) in 0 files."),
    ],
)
def test_summary(severities: str, files: int, expected: str) -> None:
    levels = {"e": Severity.ERROR, "w": Severity.WARNING, "i": Severity.INFORMATION}
    findings = tuple(replace(FINDING, severity=levels[each], fix=None) for each in severities)
    assert expected == summary(Report(findings, files))


def test_summary_counts_fixes() -> None:
    assert FINDING.fix is not None
    safe = replace(FINDING, fix=replace(FINDING.fix, applicability=Applicability.SAFE))
    found = "Found 2 problems (2 errors) in 3 files"
    more = "(1 more with `--unsafe-fixes`)"
    assert f"{found}; 1 fixable with `--fix` {more}." == summary(Report((FINDING, safe), 3))
    assert f"{found}; 2 fixable with `--fix`." == summary(Report((FINDING, safe), 3, unsafe_fixes=True))
    assert f"{found}; 2 fixable with `--fix`." == summary(Report((safe, safe), 3))


def test_summary_counts_what_was_fixed() -> None:
    assert "Fixed 1 problem. No problems in 3 files." == summary(Report((), 3, fixed=(FINDING,)))


def test_concise_marks_what_would_be_fixed() -> None:
    line = "CLT000 `shop.tasks.send_receipt` is sent before the transaction commits\n"
    assert f"shop/services.py:17:5: {line}" == shown(Report((FINDING,), 3), "concise")
    marked = line.replace("CLT000 ", "CLT000 [*] ")
    assert f"shop/services.py:17:5: {marked}" == shown(Report((FINDING,), 3, unsafe_fixes=True), "concise")


class TestSnippet:
    def test_lines_in_order_with_gaps(self) -> None:
        expected = """\
             1 | one
               | ^^^ here
             2 | two
             3 | three
               |   --- there
            ...
             9 | nine
               | ---- far
            """
        text = "one\ntwo\nthree\n4\n5\n6\n7\n8\nnine"
        marks = secondary(9, 1, 9, 5, "far"), primary(1, 1, 1, 4), secondary(3, 3, 3, 6)
        assert picture(expected) == drawn(text, *marks)

    def test_two_marks_on_one_line(self) -> None:
        expected = """\
             1 | with atomic(): f.delay()
               |                ^^^^^^^^^ here
               |      -------- there
            """
        text = "with atomic(): f.delay()"
        assert picture(expected) == drawn(text, secondary(1, 6, 1, 14), primary(1, 16, 1, 25))

    def test_several_lines(self) -> None:
        expected = """\
             1 |   with atomic():
               |        -------- there
             2 | /     f.delay(
             3 | |         1,
             4 | |     )
               | |_____^ here
            """
        text = "with atomic():\n    f.delay(\n        1,\n    )\n"
        assert picture(expected) == drawn(text, primary(2, 5, 4, 6), secondary(1, 6, 1, 14))

    def test_very_many_lines(self) -> None:
        text = "f.delay(\n" + "".join(f"    {number},\n" for number in range(2, 30)) + ")\n"
        expected = """\
             1 | / f.delay(
             2 | |     2,
             3 | |     3,
             4 | |     4,
            ...  |
            29 | |     29,
            30 | | )
               | |_^ here
            """
        assert picture(expected) == drawn(text, primary(1, 1, 30, 2))

    def test_a_secondary_span_of_several_lines_shows_its_first(self) -> None:
        expected = """\
             1 | def f(
               | ------ there
            """
        assert picture(expected) == drawn("def f(\n    a,\n):\n", secondary(1, 1, 3, 3))

    def test_tabs_and_wide_characters(self) -> None:
        expected = """\
             1 |     x = '日本é'; f()
               |                  ^^^ here
            """
        assert picture(expected) == drawn("\tx = '日本e\u0301'; f()", primary(1, 14, 1, 17)).replace("e\u0301", "é")

    def test_control_characters_do_not_reach_the_terminal(self) -> None:
        assert "\x1b" not in drawn("x = '\x1b[31m'", primary(1, 1, 1, 2))

    def test_long_lines_are_clipped_around_the_span(self) -> None:
        text = "a" * 300 + "f()" + "b" * 300
        first, second = drawn(text, primary(1, 301, 1, 304)).splitlines()
        assert len(first) == len(" 1 | ") + 122
        assert first[len(" 1 | ")] == first[-1] == "…"
        assert first[second.index("^") :].startswith("f()b")
        assert second.endswith("^^^ here")

    def test_a_long_line_with_its_span_in_sight_is_clipped_behind(self) -> None:
        first, second = drawn("f()" + "b" * 300, primary(1, 1, 1, 4)).splitlines()
        assert first == " 1 | f()" + "b" * 117 + "…"
        assert second == "   | ^^^ here"

    def test_places_outside_the_file(self) -> None:
        assert drawn("x\n", primary(9, 1, 9, 4)) == "\n"
        assert drawn("x", primary(1, 50, 1, 60)).splitlines()[1] == "   |  ^ here"


class TestChanges:
    LINES = ("import a", "", "f(", "    1,", ")", "")

    @pytest.mark.parametrize(
        ("edits", "expected"),
        [
            ([Edit("p", 1, 8, 1, 9, "b")], [Change(1, 1, ("import a",), ("import b",), 8)]),
            ([Edit("p", 2, 1, 2, 1, "import b\n")], [Change(2, 2, (), ("import b",), 2 - 1)]),
            ([Edit("p", 1, 1, 2, 1, "")], [Change(1, 1, ("import a",), (), 1)]),
            ([Edit("p", 6, 1, 6, 1, "x = 1\n")], [Change(6, 6, (), ("x = 1",), 1)]),
            (
                [
                    Edit("p", 5, 1, 5, 2, "))"),
                    Edit("p", 1, 1, 1, 1, "import b\n"),
                    Edit("p", 3, 1, 3, 3, "g(f("),
                ],
                [
                    Change(1, 1, (), ("import b",), 1),
                    Change(3, 4, ("f(",), ("g(f(",), 1),
                    Change(5, 6, (")",), ("))",), 1),
                ],
            ),
            (
                [Edit("p", 4, 5, 4, 6, "2"), Edit("p", 4, 6, 4, 7, "")],
                [Change(4, 4, ("    1,",), ("    2",), 5)],
            ),
            ([Edit("p", 9, 1, 9, 1, "x")], []),
            ([Edit("p", 1, 1, 1, 5, "x"), Edit("p", 1, 3, 1, 8, "y")], []),
            ([Edit("p", 1, 8, 1, 9, "a")], []),
        ],
    )
    def test_changes(self, edits: list[Edit], expected: list[Change]) -> None:
        assert expected == changes(self.LINES, edits)


class TestRow:
    def test_cut_through_a_wide_character(self) -> None:
        assert Row("a日b").cut(0, 2) == "a "
        assert Row("a日b").cut(2, 4) == " b"

    def test_span_is_at_least_one_wide(self) -> None:
        assert Row("abc").span(2, 2) == (1, 2)

    def test_printable(self) -> None:
        assert printable("a\tb\u202ec") == "a b\ufffdc"
