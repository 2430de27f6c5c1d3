"""What a finding is known by: what may change around it, and what may not."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from celery_lint.finding import Confidence, Finding, Location, Severity
from celery_lint.fingerprint import Fingerprint, fingerprints


def finding(place: Location, *, path: str = "a.py", code: str = "CLT101", category: str = "transactions") -> Finding:
    place = Location(path, place.line, place.column, place.end_line, place.end_column)
    return Finding(code, "a-name", category, place, place, f"{place.line}", "Why.", Severity.ERROR, Confidence.HIGH)


def at(text: str, marked: str, number: int = 0) -> Location:
    """Where the marked text stands, the `number`-th time."""
    start = -1
    for _ in range(number + 1):
        start = text.index(marked, start + 1)
    before, inside = text[:start].split("\n"), text[: start + len(marked)].split("\n")
    return Location("a.py", len(before), len(before[-1]) + 1, len(inside), len(inside[-1]) + 1)


def known(text: str, *marked: str, path: str = "a.py") -> list[Fingerprint]:
    findings = [finding(at(text, each, marked[:index].count(each)), path=path) for index, each in enumerate(marked)]
    found = fingerprints(findings, lambda _: text.encode())
    return [found[each] for each in findings]


def statement(text: str) -> str:
    return known(text, text)[0].statement


class TestStatement:
    @pytest.mark.parametrize(
        "text",
        [
            "send.delay(order.pk, now=True)",
            "send.delay( order.pk , now = True )",
            "send.delay(\n    order.pk,\n    now=True,\n)",
            "send.delay(order.pk,  # the key\n           now=True)",
            "send \\\n  .delay(order.pk, now=True)",
            "send.delay(\torder.pk,now=True)",
        ],
    )
    def test_layout_and_comments_do_not_count(self, text: str) -> None:
        assert "send.delay(order.pk, now=True)" == statement(text)

    def test_strings_keep_theirs(self) -> None:
        assert "f('a  #b', \"c ,)\", '''d\n  e''', fr'{x}  y')" == statement(
            "f( 'a  #b',\"c ,)\", '''d\n  e''',\n  fr'{x}  y')"
        )

    def test_words_stay_apart(self) -> None:
        assert "x=a if not b else lambda c:c" == statement("x  =  a if  not b  else lambda c : c")

    def test_different_code_is_different(self) -> None:
        assert statement("send.delay(order.pk)") != statement("send.delay(order.id)")
        assert statement("send.delay('a b')") != statement("send.delay('a  b')")

    def test_long_ones_are_shortened_and_differ_in_their_end(self) -> None:
        one, other = (statement(f"f({'x, ' * 300}{last})") for last in ("y", "z"))
        assert len(one) < 130
        assert one != other
        assert one[:90] == other[:90]

    def test_what_is_beside_it_in_a_literal_does_not_count(self) -> None:
        def entry(text: str) -> str:
            whole, place = at(text, text.rstrip()), at(text, "crontab(hour=5)")
            found = replace(finding(place), statement=whole)
            return fingerprints([found], lambda _: text.encode())[found].statement

        expected = "BEAT={'nightly': {'schedule': crontab(hour=5)}}".replace(": ", ":")
        assert expected == entry("BEAT = {'nightly': {'schedule': crontab(hour=5)}}")
        assert expected == entry("BEAT = {'a': 1, 'nightly': {'task': 'a', 'schedule': crontab(hour=5)}, **more}")
        assert expected == entry(
            "BEAT = {\n  'é': [1],  # one\n  'nightly': {\n    'schedule': crontab(hour=5),\n    'args': (),\n  },\n}"
        )

    def test_a_comment_is_known_by_its_line(self) -> None:
        text = "x()   # noqa:  CLT101\n"
        place = finding(at(text, "CLT101"), code="CLT003", category="tool")
        assert "x() # noqa: CLT101" == fingerprints([place], lambda _: text.encode())[place].statement

    def test_files_that_are_not_python(self) -> None:
        text = "command: celery  worker  # one\n"
        assert "celery worker # one" == known(text, "celery  worker  # one", path="a.yml")[0].statement


class TestScope:
    TEXT = (
        "send(0)\n"
        "class Shop:\n"
        "    @wrapped\n"
        "    def place(self):\n"
        "        if self:\n"
        "            def inner():\n"
        "                send(1)\n"
        "        send(2)\n"
        "    send(3)\n"
    )

    @pytest.mark.parametrize(
        ("marked", "expected"),
        [
            ("send(0)", ""),
            ("@wrapped", "Shop.place"),
            ("send(1)", "Shop.place.inner"),
            ("send(2)", "Shop.place"),
            ("send(3)", "Shop"),
        ],
    )
    def test_is_the_qualified_name_of_what_encloses(self, marked: str, expected: str) -> None:
        assert expected == known(self.TEXT, marked)[0].scope

    def test_is_empty_where_nothing_can_be_parsed(self) -> None:
        assert known("def f(:\n    send(1)\n", "send(1)")[0].scope == ""


class TestOccurrence:
    def test_counts_what_is_alike(self) -> None:
        text = "def f():\n    send(1)\n    send(1)\n    send(2)\ndef g():\n    send(1)\n"
        found = known(text, "send(1)", "send(1)", "send(2)", "send(1)")
        assert [("f", 1), ("f", 2), ("f", 1), ("g", 1)] == [(each.scope, each.occurrence) for each in found]

    def test_follows_the_order_in_the_file(self) -> None:
        text = "send(1)\nsend(1)\n"
        later, earlier = finding(at(text, "send(1)", 1)), finding(at(text, "send(1)"))
        found = fingerprints([later, earlier], lambda _: text.encode())
        assert (2, 1) == (found[later].occurrence, found[earlier].occurrence)


class TestFingerprint:
    def test_lines_and_columns_are_not_in_it(self) -> None:
        before, after = "def f():\n    send(1)\n", "import x\n\n\ndef f():\n    if x:\n        send( 1 )  # new\n"
        assert known(before, "send(1)") == known(after, "send( 1 )")

    def test_digests_differ_with_every_part(self) -> None:
        one = Fingerprint("a.py", "CLT101", "f", "send(1)", 1)
        others = [
            Fingerprint("b.py", "CLT101", "f", "send(1)", 1),
            Fingerprint("a.py", "CLT102", "f", "send(1)", 1),
            Fingerprint("a.py", "CLT101", "", "send(1)", 1),
            Fingerprint("a.py", "CLT101", "f", "send(2)", 1),
            Fingerprint("a.py", "CLT101", "f", "send(1)", 2),
        ]
        assert len({each.digest for each in (one, *others)}) == 6
        assert one.digest == Fingerprint("a.py", "CLT101", "f", "send(1)").digest
        assert len(one.digest) == 32

    def test_names_that_utf8_cannot_hold(self) -> None:
        text = "send(1)\n"
        place = finding(at(text, "send(1)"), path="\udcff.py")
        assert "\\udcff.py" == fingerprints([place], lambda _: text.encode())[place].path

    def test_a_file_that_is_gone(self) -> None:
        def read(path: str) -> bytes:
            raise FileNotFoundError(path)

        place = finding(Location("a.py", 3, 1, 3, 9))
        assert Fingerprint("a.py", "CLT101", "", "") == fingerprints([place], read)[place]
