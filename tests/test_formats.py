"""What other programs read: each format is given to the program's own schema or parser, on files that are odd."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from formats import FIRST, VIEWS, check, content, made, parsed, text

import celery_lint
from celery_lint.finding import Applicability, Edit, Finding, Location, Severity, Suggestion
from celery_lint.report import FORMATS, Report
from celery_lint.report.texts import utf8_column, utf16_column

ROOT = Path(__file__).resolve().parent.parent
SCHEMA = json.loads((ROOT / "tests" / "schemas" / "sarif-2.1.0.json").read_text(encoding="utf-8"))


class TestPaths:
    def test_machines_see_the_repository_and_people_the_working_directory(self, odd: Path) -> None:
        report = check(odd)
        shown = {"first.py", "vues.py"}
        assert shown == {each.location.path for each in report.findings}
        placed = report.in_repository()
        assert {f"back end [1]/{path}" for path in shown} == {each.location.path for each in placed.findings}
        assert (odd / "vues.py").read_bytes() == placed.read("back end [1]/vues.py")
        steps = {step.location.path for each in placed.findings for step in each.trace}
        assert steps == {"back end [1]/vues.py", "back end [1]/tâches.py"}
        edits = {edit.path for each in placed.findings if each.fix for edit in each.fix.edits}
        assert edits == {"back end [1]/first.py", "back end [1]/vues.py"}

    def test_from_another_directory_they_are_the_same(self, odd: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        here = {name: text(check(odd), name) for name, each in FORMATS.items() if each.in_repository}
        monkeypatch.chdir(odd.parent.parent)
        assert here == {name: text(check(odd), name) for name in here}

    def test_without_a_checkout_they_start_at_the_project(self, tmp_path: Path) -> None:
        (tmp_path / "manage.py").write_text("", encoding="utf-8")
        (tmp_path / "shop").mkdir()
        (tmp_path / "shop" / "a.py").write_text(FIRST, encoding="utf-8")
        (finding,) = parsed(check(tmp_path / "shop" / "a.py"), "json")
        assert finding["path"] == "shop/a.py"

    def test_root_is_where_they_start(self, odd: Path) -> None:
        report = celery_lint.check(odd, isolated=True, root=str(odd))
        assert [each["path"] for each in parsed(report, "json")] == ["first.py", "vues.py"]

    def test_a_link_to_the_project_is_resolved(self, odd: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        link = odd.parent / "link"
        link.symlink_to(odd, target_is_directory=True)
        monkeypatch.chdir(odd.parent)
        assert {each["path"] for each in parsed(check("link"), "json")} == {
            "back end [1]/first.py",
            "back end [1]/vues.py",
        }


class TestJson:
    def test_lines_are_the_objects_of_the_array(self, odd: Path) -> None:
        report = check(odd)
        assert parsed(report, "json") == [json.loads(line) for line in text(report, "json-lines").splitlines()]
        assert text(report, "json") == text(report, "json-v1")


class TestGithub:
    def test_commands(self, odd: Path) -> None:
        first, sent = text(check(odd), "github").splitlines()
        assert first.startswith(
            "::warning file=back end [1]/first.py,line=1,endLine=1,col=30,endColumn=34,"
            "title=CLT004 unknown-suppression::there is no rule `nope` to silence%0A"
        )
        assert sent.startswith("::error file=back end [1]/vues.py,line=7,")

    def test_escapes_as_the_runner_undoes_them(self) -> None:
        """The runner cuts at `::` and `,`, then takes the escapes back."""
        message, path = "50%: a,b\r\n::end", "a:b,c%.py"
        (line,) = text(Report((made(path, message=message, why=""),)), "github").splitlines()
        head, data = re.fullmatch(r"::error (.*?)::(.*)", line).groups()  # type: ignore[union-attr]
        properties = dict(part.split("=", 1) for part in head.split(","))
        assert message == data.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")
        assert path == properties["file"].replace("%3A", ":").replace("%2C", ",").replace("%25", "%")

    def test_columns_only_where_the_lines_are_one(self) -> None:
        tall = made(location=Location("a.py", 3, 5, 4, 2))
        empty = made(location=Location("a.py", 3, 5, 3, 5))
        first, second = text(Report((tall, empty)), "github").splitlines()
        assert "file=a.py,line=3,endLine=4,title=" in first
        assert "file=a.py,line=3,endLine=3,col=5,title=" in second

    def test_a_crash_has_no_place(self) -> None:
        line = text(Report((made(".", code="CLT001", name="rule-crashed"),)), "github")
        assert line.startswith("::error title=CLT001 rule-crashed::")


class TestAzure:
    def test_commands(self, odd: Path) -> None:
        first, sent = text(check(odd), "azure").splitlines()
        assert first == (
            "##vso[task.logissue type=warning;sourcepath=back end [1%5D/first.py;linenumber=1;columnnumber=30;"
            "code=CLT004;]there is no rule `nope` to silence"
        )
        assert sent.startswith("##vso[task.logissue type=error;sourcepath=back end [1%5D/vues.py;linenumber=7;")

    def test_escapes(self) -> None:
        report = Report((made("a;b%.py", message="50%\r\n;]", severity=Severity.INFORMATION),))
        assert text(report, "azure") == (
            "##vso[task.logissue type=warning;sourcepath=a%3Bb%AZP25.py;linenumber=3;columnnumber=5;code=CLT101;]"
            "50%AZP25%0D%0A;]\n"
        )

    def test_a_crash_has_no_place(self) -> None:
        line = text(Report((made(".", code="CLT001", message="it crashed"),)), "azure")
        assert line == "##vso[task.logissue type=error;code=CLT001;]it crashed\n"


class TestGitlab:
    def test_issues(self, odd: Path) -> None:
        first, sent = parsed(check(odd), "gitlab")
        assert (first["check_name"], first["severity"], sent["severity"]) == ("CLT004", "minor", "major")
        assert first["location"] == {
            "path": "back end [1]/first.py",
            "lines": {"begin": 1, "end": 1},
            "positions": {"begin": {"line": 1, "column": 30}, "end": {"line": 1, "column": 34}},
        }

    def test_fingerprints_know_no_lines_and_are_unique(self) -> None:
        def found(*lines: int) -> tuple[Finding, ...]:
            places = [Location("a.py", line, 1, line, 10) for line in lines]
            return tuple(made("a.py", location=place, statement=place) for place in places)

        once = parsed(Report(found(1, 2), read=content("f.delay()\nf.delay()\n")), "gitlab")
        moved = parsed(Report(found(3, 5), read=content("\n\nf.delay()\n\nf.delay()\n")), "gitlab")
        prints = [each["fingerprint"] for each in once]
        assert prints == [each["fingerprint"] for each in moved]
        assert len(set(prints)) == 2
        other = parsed(Report(found(1), read=content("g.delay()\n")), "gitlab")
        assert other[0]["fingerprint"] not in prints


class TestReviewdog:
    def test_columns_are_bytes(self, odd: Path) -> None:
        _, sent = parsed(check(odd), "rdjson")["diagnostics"]
        region = sent["location"]["range"]
        line = VIEWS.split("\r\n")[6].encode()
        flagged = line[region["start"]["column"] - 1 : region["end"]["column"] - 1]
        assert flagged.decode() == 'envoyer_reçu.delay("😀,\\t%:[;]")'
        assert sent["location"]["path"] == "vues.py"
        assert [each["location"]["path"] for each in sent["related_locations"]] == ["vues.py", "tâches.py"]

    def test_lines_are_the_diagnostics(self, odd: Path) -> None:
        report = check(odd)
        whole = parsed(report, "rdjson")
        assert [{"source": whole["source"], **each} for each in whole["diagnostics"]] == [
            json.loads(line) for line in text(report, "rdjsonl").splitlines()
        ]

    def test_a_suggestion_is_one_region(self) -> None:
        edits = (Edit("shop/a.py", 3, 9, 3, 9, ")"), Edit("shop/a.py", 3, 5, 3, 6, "later("))
        place = Location("shop/a.py", 3, 5, 3, 9)
        finding = made(location=place, statement=place, fix=Suggestion("do it", Applicability.SAFE, edits))
        (diagnostic,) = parsed(Report((finding,), read=content("\n\n\té😀 f(😀)\n")), "rdjson")["diagnostics"]
        (suggestion,) = diagnostic["suggestions"]
        assert suggestion["text"] == "later((😀))"
        line = "\té😀 f(😀)".encode()
        region = suggestion["range"]
        assert line[region["start"]["column"] - 1 : region["end"]["column"] - 1].decode() == "f(😀)"

    @pytest.mark.parametrize(
        "edits",
        [
            (Edit("shop/a.py", 1, 1, 1, 1, "import x\n"),),
            (Edit("shop/b.py", 3, 5, 3, 9, "y"),),
            (Edit("shop/a.py", 3, 5, 3, 9, "y"), Edit("shop/a.py", 1, 1, 1, 1, "import x\n")),
        ],
    )
    def test_no_suggestion_that_would_be_half_a_fix(self, edits: tuple[Edit, ...]) -> None:
        report = Report((made(fix=Suggestion("do it", Applicability.SAFE, edits)),), read=content("\n\n    xxxx\n"))
        (diagnostic,) = parsed(report, "rdjson")["diagnostics"]
        assert "suggestions" not in diagnostic


class TestSonarqube:
    def test_columns_are_utf16_from_zero(self, odd: Path) -> None:
        report = parsed(check(odd), "sonarqube")
        place = report["issues"][1]["primaryLocation"]
        line = VIEWS.split("\r\n")[6].encode("utf-16-le")
        flagged = line[place["textRange"]["startColumn"] * 2 : place["textRange"]["endColumn"] * 2]
        assert flagged.decode("utf-16-le") == 'envoyer_reçu.delay("😀,\\t%:[;]")'
        assert place["filePath"] == "back end [1]/vues.py"

    def test_every_issue_has_its_rule(self) -> None:
        report = parsed(check(ROOT / "examples" / "shop"), "sonarqube")
        rules = {rule["id"]: rule for rule in report["rules"]}
        assert len(rules) == len(report["rules"])
        assert {issue["ruleId"] for issue in report["issues"]} == set(rules)
        for rule in rules.values():
            assert set(rule) == {
                "id",
                "name",
                "description",
                "engineId",
                "cleanCodeAttribute",
                "type",
                "severity",
                "impacts",
            }

    def test_an_empty_range_covers_its_lines(self) -> None:
        report = Report((made(location=Location("a.py", 3, 5, 3, 5)),))
        (issue,) = parsed(report, "sonarqube")["issues"]
        assert issue["primaryLocation"]["textRange"] == {"startLine": 3, "endLine": 3}


class TestJunit:
    def test_a_test_for_each_finding(self, odd: Path) -> None:
        root = ET.fromstring(text(check(odd), "junit").encode())
        assert (root.tag, root.get("tests"), root.get("failures"), root.get("errors")) == ("testsuites", "2", "2", "0")
        assert [suite.get("name") for suite in root] == ["back end [1]/first.py", "back end [1]/vues.py"]
        case = root[1][0]
        assert (case.get("name"), case.get("file"), case.get("line")) == (
            "CLT101 delay-in-atomic (7:15)",
            "back end [1]/vues.py",
            "7",
        )
        failure = case[0]
        assert failure.get("message") == "`tâches.envoyer_reçu` is sent before the transaction commits"
        assert "back end [1]/tâches.py:5: task defined here" in (failure.text or "")

    def test_what_xml_cannot_hold(self) -> None:
        odd = "a\x00\x1b<&>\"'\udcff\ufffe😀"
        document = text(Report((made(f"{odd}.py", message=odd),)), "junit")
        assert document.isascii()
        (failure,) = ET.fromstring(document).iter("failure")
        assert failure.get("message") == "a\ufffd\ufffd<&>\"'\ufffd\ufffd😀"

    def test_nothing_found_is_a_test_that_passes(self) -> None:
        root = ET.fromstring(text(Report(), "junit"))
        assert (root.get("tests"), root.get("failures")) == ("1", "0")
        assert len(list(root.iter("testcase"))) == 1

    def test_what_could_not_be_done_is_an_error(self) -> None:
        root = ET.fromstring(text(Report(errors=("none: no such file",)), "junit"))
        assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("1", "0", "1")


class TestLines:
    def test_grouped(self, odd: Path) -> None:
        assert text(check(odd), "grouped") == (
            "first.py:\n"
            "  1:30  CLT004  unknown-suppression: there is no rule `nope` to silence\n"
            "\n"
            "vues.py:\n"
            "  7:15  CLT101  delay-in-atomic: `tâches.envoyer_reçu` is sent before the transaction commits\n"
        )

    def test_pylint(self, odd: Path) -> None:
        assert text(check(odd), "pylint") == (
            "first.py:1: [CLT004] there is no rule `nope` to silence\n"
            "vues.py:7: [CLT101] `tâches.envoyer_reçu` is sent before the transaction commits\n"
        )

    @pytest.mark.parametrize("name", ["concise", "grouped", "pylint", "github", "azure", "json-lines", "rdjsonl"])
    def test_one_line_whatever_the_text(self, name: str) -> None:
        one = text(Report((made(),)), name).count("\n")
        assert one == text(Report((made("a\nb.py", message="c\r\nd\u2028e"),)), name).count("\n")


def test_columns() -> None:
    line = "\té😀x"
    assert [1, 2, 4, 8, 9] == [utf8_column(line, column) for column in range(1, 6)]
    assert [1, 2, 3, 5, 6] == [utf16_column(line, column) for column in range(1, 6)]


@pytest.mark.parametrize("name", FORMATS)
def test_same_bytes_whatever_the_hash_seed(name: str) -> None:
    command = [
        sys.executable,
        "-m",
        "celery_lint",
        "check",
        "--isolated",
        "--format",
        name,
        str(ROOT / "examples" / "shop"),
    ]
    outputs = {
        subprocess.run(command, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True).stdout for seed in "12"
    }
    assert len(outputs) == 1


@pytest.mark.parametrize("name", FORMATS)
def test_only_the_chosen_format_is_imported(name: str) -> None:
    code = (
        "import sys\nfrom celery_lint.report import FORMATS, renderer\n"
        f"renderer({name!r})\n"
        "print(*sorted(m for m in sys.modules if m.startswith('celery_lint.report.') and m.endswith('_format')))"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    base = {"json-lines": "json_format", "rdjsonl": "rdjson_format"}
    expected = {FORMATS[name].module, base.get(name, FORMATS[name].module)}
    assert sorted(f"celery_lint.report.{module}" for module in expected) == loaded
