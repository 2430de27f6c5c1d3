"""Comments that silence findings, where they may stand, and the ones that silence nothing."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest

from celery_lint import check
from celery_lint.finding import Confidence, Location, Persona, Severity
from celery_lint.pages import Page
from celery_lint.report import rendered
from celery_lint.suppress import Comment, Suppressions, comments, may_suppress


def page(code: str, name: str) -> Page:
    return Page(
        code=code,
        name=name,
        category="transactions",
        severity=Severity.ERROR,
        confidence=Confidence.HIGH,
        persona=Persona.REGULAR,
        fix="none",
        since="0.1.0",
        preview=False,
        scope="code",
        message="m",
        why="w",
        help="h",
        project="",
        path=Path(),
    )


PAGES = (
    page("CLT003", "unused-suppression"),
    page("CLT101", "delay-in-atomic"),
    page("CLT102", "delay-in-atomic-request"),
    page("CLT201", "model-instance-argument"),
)
ALL = frozenset(each.name for each in PAGES)


def silenced(source: str, line: int, end_line: int | None = None, code: str = "CLT101") -> bool:
    name = next(each.name for each in PAGES if each.code == code)
    statement = Location("a.py", line, 1, end_line or line, 99)
    return Suppressions("a.py", source.encode()).silences(code, name, statement, statement)


def problems(source: str, *used: int, ran: frozenset[str] = ALL) -> list[tuple[str, int, int, str, str | None]]:
    """Code, line, column, what is named, and the text once fixed, after CLT101 was silenced on the lines."""
    suppressions = Suppressions("a.py", source.encode())
    for line in used:
        place = Location("a.py", line, 1, line, 99)
        suppressions.silences("CLT101", "delay-in-atomic", place, place)
    return [
        (
            problem.code,
            problem.location.line,
            problem.location.column,
            problem.message or problem.values["selector"] + problem.values.get("hint", ""),
            fixed(source, problem.fix.edits[0]) if problem.fix is not None else None,
        )
        for problem in suppressions.problems(PAGES, ran)
    ]


def fixed(source: str, edit: object) -> str:
    lines = source.split("\n")
    starts = [sum(len(line) + 1 for line in lines[:number]) for number in range(len(lines) + 1)]
    start = starts[edit.start_line - 1] + edit.start_column - 1  # type: ignore[attr-defined]
    end = starts[edit.end_line - 1] + edit.end_column - 1  # type: ignore[attr-defined]
    return source[:start] + edit.text + source[end:]  # type: ignore[attr-defined]


class TestReading:
    @pytest.mark.parametrize(
        "comment",
        [
            "# noqa",
            "#noqa",
            "# NOQA",
            "# noqa  (see #12)",
            "# noqa: CLT101",
            "# noqa:CLT101",
            "# noqa:  CLT101",
            "# noqa : CLT101",
            "#noqa: CLT101",
            "# noqa: clt101",
            "# noqa: CLT1",
            "# noqa: CLT",
            "# noqa: E501,CLT101",
            "# noqa: E501 CLT101",
            "# noqa: CLT101, E501 for a reason",
            "# type: ignore  # noqa: CLT101",
            "# celery-lint: ignore[CLT101]",
            "# celery-lint:ignore[CLT101] because the row is there",
            "# celery-lint: ignore[delay-in-atomic]",
            "# celery-lint: ignore[CLT201, Delay-In-Atomic]",
            "# celery-lint: ignore[CLT1]",
            "# noqa: E501  # celery-lint: ignore[CLT101]",
        ],
    )
    def test_silences(self, comment: str) -> None:
        assert silenced(f"task.delay()  {comment}\n", 1) is True

    @pytest.mark.parametrize(
        "comment",
        [
            "# noqa: E501",
            "# noqa : E501",
            "# noqa: because",
            "# noqa:",
            "# noqa: CLT102",
            "# noqa: E501 because CLT101",
            "# noqab",
            "# flake8: noqa",
            "# ruff: noqa",
            "# celery-lint: ignore[CLT102]",
            "# celery-lint: ignore",
            "# celery-lint: ignore[]",
            "# celery-lint: ingore[CLT101]",
            "# celery-lint ignore[CLT101]",
        ],
    )
    def test_does_not_silence(self, comment: str) -> None:
        assert silenced(f"task.delay()  {comment}\n", 1) is False

    def test_strings_are_not_comments(self) -> None:
        assert silenced('task.delay("# noqa")\n', 1) is False
        assert silenced('task.delay("""\n# celery-lint: ignore[CLT101]\n""")\n', 1, 3) is False

    def test_a_whole_file(self) -> None:
        assert silenced("# celery-lint: file-ignore[CLT101] generated\n\n\ntask.delay()\n", 4) is True
        assert silenced("task.delay()\n# flake8: noqa: CLT101\n", 1) is True
        assert silenced("# celery-lint: file-ignore[CLT102]\ntask.delay()\n", 2) is False

    def test_files_worth_reading(self) -> None:
        assert may_suppress(b"a  # noqa", nominated=True)
        assert not may_suppress(b"a  # noqa: E501", nominated=False)
        assert may_suppress(b"a  # NoQA: E501, clt101", nominated=False)
        assert may_suppress(b"# celery-lint: ignore[x]", nominated=False)
        assert not may_suppress(b"import celery", nominated=True)


class TestPlace:
    CALL = "before()  {before}\n{above}\ntask.delay(  {first}\n    1,  {middle}\n)  {last}\nafter()  {after}\n"

    @pytest.mark.parametrize(
        ("place", "expected"),
        [
            ("before", False),
            ("above", True),
            ("first", True),
            ("middle", True),
            ("last", True),
            ("after", False),
        ],
    )
    def test_any_line_of_the_statement_or_directly_above(self, place: str, expected: bool) -> None:
        places = dict.fromkeys(("before", "above", "first", "middle", "last", "after"), "")
        places[place] = "# celery-lint: ignore[CLT101]"
        assert expected is silenced(self.CALL.format(**places), 3, 5)

    def test_a_comment_of_several_lines_above(self) -> None:
        text = "# celery-lint: ignore[CLT101] the row\n# is committed by then\ntask.delay()\n"
        assert silenced(text, 3) is True

    def test_not_across_an_empty_line(self) -> None:
        assert silenced("# celery-lint: ignore[CLT101]\n\ntask.delay()\n", 3) is False

    def test_a_blanket_above_is_none(self) -> None:
        assert silenced("# noqa\ntask.delay()\n", 2) is False
        assert silenced("# noqa: CLT101\ntask.delay()\n", 2) is True


SCHEDULE = """\
# {before}
CELERY_BEAT_SCHEDULE = {{  # {first}
    # {above_other}
    "other": {{  # {other}
        "task": "shop.tasks.other",
    }},
    # {above}
    "nightly": {{  # {entry}
        "task": "shop.tasks.nightly",  # {beside}
        # {above_place}
        "schedule": crontab(hour=5),  # {place}
    }},  # {end}
    "last": {{}},  # {after}
}}  # {last}
"""
PLACES = re.findall(r"\{(\w+)\}", SCHEDULE)


class TestEntries:
    """A place in a dict, list or tuple: comments of other entries are not about it."""

    def silenced(self, name: str) -> bool:
        places = dict.fromkeys(PLACES, "")
        places[name] = "celery-lint: ignore[CLT101]"
        source = SCHEDULE.format(**places)
        statement, place = Location("a.py", 2, 1, 14, 2), Location("a.py", 11, 21, 11, 36)
        return Suppressions("a.py", source.encode()).silences("CLT101", "delay-in-atomic", statement, place)

    @pytest.mark.parametrize("name", ["before", "first", "above", "entry", "above_place", "place", "end", "last"])
    def test_comments_on_the_entry_and_around_it(self, name: str) -> None:
        assert self.silenced(name) is True

    @pytest.mark.parametrize("name", ["above_other", "other", "beside", "after"])
    def test_comments_of_other_entries(self, name: str) -> None:
        assert self.silenced(name) is False

    @pytest.mark.parametrize(
        ("source", "expected"),
        [
            ("x = [\n    a(),  # noqa\n    b(),\n]\n", False),
            ("x = [\n    a(),\n    b(),  # noqa\n]\n", True),
            ("x = (\n    a(),  # noqa\n    b(),\n)\n", False),
            ("conf.update(\n    é=1,  # noqa\n    b=b(),\n)\n", False),
            ("conf.update(\n    é=1,\n    b=b(),  # noqa\n)\n", True),
            ("x = {\n    **a(),  # noqa\n    1: b(),\n}\n", False),
            ("x = [a(), b(),  # noqa\n    3,\n]\n", True),
            ("send(\n    a(),  # noqa\n    b(),\n)\n", True),
            ("x = [\n    3,\n    [2,  # noqa\n     b()],\n]\n", False),
        ],
    )
    def test_what_has_entries(self, source: str, expected: bool) -> None:
        """The place is the call `b()`; of other calls than those that make dicts every line counts."""
        lines = source.split("\n")
        line = next(number for number, text in enumerate(lines, 1) if "b()" in text)
        column = lines[line - 1].index("b()") + 1
        statement = Location("a.py", 1, 1, len(lines) - 1, 2)
        place = Location("a.py", line, column, line, column + 3)
        assert expected is Suppressions("a.py", source.encode()).silences("CLT101", "x", statement, place)


class TestProblems:
    def test_unused(self) -> None:
        source = "a()  # celery-lint: ignore[CLT101] reason\n"
        assert problems(source) == [("CLT003", 1, 28, "CLT101", "a()\n")]
        assert problems(source, 1) == []

    def test_one_of_several(self) -> None:
        source = "a()  # celery-lint: ignore[CLT101, model-instance-argument] reason\n"
        expected = "a()  # celery-lint: ignore[CLT101] reason\n"
        assert [("CLT003", 1, 36, "model-instance-argument", expected)] == problems(source, 1)

    def test_other_tools_codes_stay(self) -> None:
        assert problems("a()  # noqa: E501,CLT201\n") == [("CLT003", 1, 19, "CLT201", "a()  # noqa: E501\n")]

    def test_other_comments_stay(self) -> None:
        source = "a()  # noqa: CLT201  # type: ignore\n"
        assert problems(source) == [("CLT003", 1, 14, "CLT201", "a()  # type: ignore\n")]
        source = "a()  # type: ignore  # noqa: CLT201\n"
        assert problems(source) == [("CLT003", 1, 30, "CLT201", "a()  # type: ignore\n")]

    def test_a_line_of_its_own_goes_whole(self) -> None:
        source = "if x:\n    # celery-lint: ignore[CLT201]\n    a()\n"
        assert problems(source) == [("CLT003", 2, 27, "CLT201", "if x:\n    a()\n")]

    def test_prefix_is_used_by_any_of_its_rules(self) -> None:
        assert problems("a()  # noqa: CLT1\n", 1) == []
        assert problems("a()  # noqa: CLT1\n") == [("CLT003", 1, 14, "CLT1", "a()\n")]

    def test_rules_that_did_not_run(self) -> None:
        ran = frozenset({"delay-in-atomic"})
        assert problems("a()  # noqa: CLT201\n", ran=ran) == []
        assert problems("a()  # noqa: CLT1\n", ran=ran) == []

    def test_a_blanket_is_never_unused(self) -> None:
        assert problems("a()  # noqa\n") == []

    def test_unknown(self) -> None:
        assert problems("a()  # noqa: CLT999, E501, XYZ1\n") == [
            ("CLT004", 1, 14, "CLT999", "a()  # noqa: E501, XYZ1\n"),
        ]
        assert problems("a()  # celery-lint: ignore[delay-in-atmic]\n") == [
            ("CLT004", 1, 28, "delay-in-atmic; did you mean `delay-in-atomic`?", "a()\n"),
        ]

    def test_unused_and_unknown_in_one_comment(self) -> None:
        """Each fix takes out what its own finding is about."""
        assert problems("a()  # celery-lint: ignore[CLT101, CLT201, nope] why\n", 1) == [
            ("CLT003", 1, 36, "CLT201", "a()  # celery-lint: ignore[CLT101, nope] why\n"),
            ("CLT004", 1, 44, "nope", "a()  # celery-lint: ignore[CLT101, CLT201] why\n"),
        ]

    def test_misspelt(self) -> None:
        assert problems("a()  # celery-lint: ingore[CLT101]\n") == [
            (
                "CLT004",
                1,
                6,
                "`ingore` silences nothing; did you mean `ignore`?",
                "a()  # celery-lint: ignore[CLT101]\n",
            )
        ]
        assert problems("a()  # celery-lint: ignore\n") == [
            ("CLT004", 1, 6, "`# celery-lint: ignore` names no rule; write `ignore[CLT101]`", None),
        ]
        assert problems("a()  # celery-lint: we run it in CI\n") == []


class TestReason:
    @pytest.mark.parametrize(
        ("comment", "expected"),
        [
            ("# celery-lint: ignore[CLT101]", True),
            ("# celery-lint: ignore[CLT101]:", True),
            ("# celery-lint: ignore[CLT101] --", True),
            ("# celery-lint: ignore[CLT101]  # noqa: E501", True),
            ("# celery-lint: file-ignore[CLT101]", True),
            ("# celery-lint: ignore[CLT101] the row is there", False),
            ("# celery-lint: ignore[CLT101]: the row is there", False),
            ("# celery-lint: file-ignore[CLT101] generated", False),
            ("# noqa: CLT101", False),
            ("# noqa", False),
        ],
    )
    def test_is_asked_of_comments_of_our_own(self, comment: str, expected: bool) -> None:
        suppressions = Suppressions("a.py", f"a()  {comment}\n".encode())
        place = Location("a.py", 1, 1, 1, 4)
        suppressions.silences("CLT101", "delay-in-atomic", place, place)
        found = [problem.code for problem in suppressions.problems(PAGES, ALL, require_reason=True)]
        assert found == ["CLT005"] * expected
        assert [] == list(suppressions.problems(PAGES, ALL))


class TestComments:
    def test_tokens(self) -> None:
        source = b"x = '#'  # one\n    # two\n"
        assert [Comment(1, 10, "# one", False), Comment(2, 5, "# two", True)] == comments(source)

    @pytest.mark.parametrize(
        "source",
        [
            b"print 'a' # one\nif (:\n    '# no'\n# two\n",
            b"def f(:\n  x = '''\n# no\n'''  # one\n # two\n",
            b"x = (  # one\n# two\n",
            b"\xff\xfe # one\n# two\n",
            b"a = 1 # one\n  b\n c\n# two\n",
        ],
    )
    def test_what_is_not_python_is_read_by_its_quotes(self, source: bytes) -> None:
        found = [comment.text for comment in comments(source)]
        assert "# two" in found
        assert not any("no" in text for text in found)

    def test_declared_encoding(self) -> None:
        source = "# coding: latin-1\nx = 'é'  # noqa\n".encode("latin-1")
        assert Comment(2, 10, "# noqa", False) == comments(source)[1]

    def test_byte_order_mark_and_crlf(self) -> None:
        assert [Comment(1, 5, "# noqa", False)] == comments(b"\xef\xbb\xbfa()\t# noqa\r\n")


class TestShown:
    """`--show-suppressed`: what comments silence, in the formats that can tell it from the rest."""

    @pytest.fixture
    def shop(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        task = "from celery import shared_task\n\n\n@shared_task\ndef send(pk): ...\n"
        body = "@transaction.atomic\ndef place(pk):\n    send.delay(pk)  # celery-lint: ignore[CLT101] the row is old\n"
        (tmp_path / "tasks.py").write_text(task, encoding="utf-8")
        head = "from django.db import transaction\nfrom tasks import send\n\n\n"
        (tmp_path / "orders.py").write_text(f"{head}{body}", encoding="utf-8")
        monkeypatch.chdir(tmp_path)
        return tmp_path

    def test_only_when_asked_for(self, shop: Path) -> None:
        assert () == check(shop, isolated=True).silenced
        report = check(shop, isolated=True, show_suppressed=True)
        assert (0, ()) == (report.exit_code, report.findings)
        assert [("CLT101", 7, "the row is old")] == [
            (each.finding.code, each.line, each.reason) for each in report.silenced
        ]

    def test_in_full(self, shop: Path) -> None:
        lines = list(rendered("full", check(shop, isolated=True, show_suppressed=True)))
        expected = (
            "orders.py:7:5: CLT101 `tasks.send` is sent before the transaction commits "
            "(silenced on line 7: the row is old)"
        )
        assert [expected, "", "No problems in 2 files."] == lines

    def test_in_json(self, shop: Path) -> None:
        (found,) = json.loads("\n".join(rendered("json", check(shop, isolated=True, show_suppressed=True))))
        assert ("CLT101", {"line": 7, "reason": "the row is old"}) == (found["code"], found["suppressed"])

    def test_in_sarif(self, shop: Path) -> None:
        log = json.loads("\n".join(rendered("sarif", check(shop, isolated=True, show_suppressed=True))))
        schema = json.loads((Path(__file__).parent / "schemas" / "sarif-2.1.0.json").read_text(encoding="utf-8"))
        jsonschema.validate(log, schema)
        ((result,),) = (run["results"] for run in log["runs"])
        (suppression,) = result["suppressions"]
        assert ("inSource", "the row is old") == (suppression["kind"], suppression["justification"])
        assert 7 == suppression["location"]["physicalLocation"]["region"]["startLine"]

    def test_is_remembered(self, shop: Path) -> None:
        first, again = (check(shop, show_suppressed=True, cache=True) for _ in range(2))
        assert 1 == len(first.silenced)
        assert first.silenced == again.silenced
        assert () == check(shop, cache=True).silenced
