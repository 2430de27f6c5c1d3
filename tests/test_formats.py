"""What other programs read: each format is given to the program's own schema or parser, on files that are odd."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema
import pytest

import celery_lint
from celery_lint.finding import Applicability, Confidence, Edit, Finding, Location, Severity, Step, Suggestion
from celery_lint.pages import all_pages, find_page, read_page
from celery_lint.report import FORMATS, Report, rendered
from celery_lint.report.line_hash import line_hashes
from celery_lint.report.texts import utf8_column, utf16_column

ROOT = Path(__file__).resolve().parent.parent
SCHEMA = json.loads((ROOT / "tests" / "schemas" / "sarif-2.1.0.json").read_text(encoding="utf-8"))

TASKS = "from celery import shared_task\n\n\n@shared_task\ndef envoyer_reçu(nom): ...\n"
VIEWS = (
    "from django.db import transaction\r\n"
    "from tâches import envoyer_reçu\r\n"
    "\r\n"
    "\r\n"
    "def commander():\r\n"
    "\twith transaction.atomic():\r\n"
    '\t\tnom = "é😀"; envoyer_reçu.delay("😀,\\t%:[;]")\r\n'
    "\t\treturn nom"
)
FIRST = "x = 1  # celery-lint: ignore[nope]"
"""A finding on the first line, which has no end."""


@pytest.fixture
def odd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout whose project is in a subdirectory with a blank and a bracket in its name."""
    (tmp_path / ".git").mkdir()
    project = tmp_path / "back end [1]"
    project.mkdir()
    (project / "tâches.py").write_text(TASKS, encoding="utf-8")
    (project / "vues.py").write_bytes(VIEWS.encode())
    (project / "first.py").write_text(FIRST, encoding="utf-8")
    monkeypatch.chdir(project)
    return project


def check(path: Path | str = ".") -> Report:
    return celery_lint.check(path, isolated=True)


def text(report: Report, name: str) -> str:
    return "".join(f"{line}\n" for line in rendered(name, report))


def parsed(report: Report, name: str) -> Any:
    return json.loads(text(report, name))


def made(path: str = "shop/a.py", *, message: str = "`x` is wrong", **more: Any) -> Finding:
    place = Location(path, 3, 5, 3, 9)
    values: dict[str, Any] = {
        "code": "CLT101",
        "name": "delay-in-atomic",
        "category": "transactions",
        "location": place,
        "statement": place,
        "message": message,
        "why": "It breaks.",
        "severity": Severity.ERROR,
        "confidence": Confidence.HIGH,
    }
    return Finding(**{**values, **more})


def content(source: str) -> Any:
    return lambda _: source.encode()


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


class TestSarif:
    @pytest.fixture
    def validator(self) -> jsonschema.Draft4Validator:
        return jsonschema.Draft4Validator(SCHEMA, format_checker=jsonschema.FormatChecker())

    def test_fits_the_schema(self, odd: Path, validator: jsonschema.Draft4Validator) -> None:
        validator.validate(parsed(check(odd), "sarif"))
        validator.validate(parsed(Report(), "sarif"))
        validator.validate(parsed(check(ROOT / "examples" / "shop"), "sarif"))

    def test_the_schema_refuses_what_is_wrong(self, validator: jsonschema.Draft4Validator) -> None:
        log = parsed(Report((made(),)), "sarif")
        log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] = 0
        with pytest.raises(jsonschema.ValidationError):
            validator.validate(log)

    def test_every_rule_is_what_github_takes(self, validator: jsonschema.Draft4Validator) -> None:
        pages = {page.code: page for page in all_pages()}
        findings = tuple(made(code=page.code, name=page.name, why=page.why) for page in pages.values())
        log = parsed(Report(findings), "sarif")
        validator.validate(log)
        rules = log["runs"][0]["tool"]["driver"]["rules"]
        assert sorted(pages) == [rule["id"] for rule in rules]
        for rule in rules:
            for member in ("shortDescription", "fullDescription"):
                assert 0 < len(rule[member]["text"]) <= 1024
                assert not rule[member]["text"].startswith("#")
            assert pages[rule["id"]].body.strip() in rule["help"]["markdown"]
            assert pages[rule["id"]].help in rule["help"]["text"]
            assert rule["properties"]["precision"] in ("high", "medium", "low")
            assert rule["properties"]["problem.severity"] in ("error", "warning", "recommendation")
            assert rule["defaultConfiguration"]["level"] in ("error", "warning", "note")
            assert len(rule["properties"]["tags"]) <= 10
            score = rule["properties"].get("security-severity")
            assert pages[rule["id"]].security == score
            assert ("security" in rule["properties"]["tags"]) is (score is not None)

    def test_indexes_lead_to_the_rules(self) -> None:
        (run,) = parsed(check(ROOT / "examples" / "shop"), "sarif")["runs"]
        for result in run["results"]:
            assert result["ruleId"] == run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"]

    def test_columns_are_code_points(self, odd: Path) -> None:
        (run,) = parsed(check(odd), "sarif")["runs"]
        assert run["columnKind"] == "unicodeCodePoints"
        result = run["results"][1]
        region = result["locations"][0]["physicalLocation"]["region"]
        assert region["startLine"] == region["endLine"] == 7
        line = VIEWS.split("\r\n")[6]
        flagged = line[region["startColumn"] - 1 : region["endColumn"] - 1]
        assert flagged == 'envoyer_reçu.delay("😀,\\t%:[;]")'

    def test_addresses_are_of_the_repository(self, odd: Path) -> None:
        (run,) = parsed(check(odd), "sarif")["runs"]
        assert list(run["originalUriBaseIds"]) == ["%SRCROOT%"]
        location = run["results"][1]["locations"][0]["physicalLocation"]["artifactLocation"]
        assert location == {"uri": "back%20end%20%5B1%5D/vues.py", "uriBaseId": "%SRCROOT%"}
        related = run["results"][1]["relatedLocations"][-1]["physicalLocation"]["artifactLocation"]["uri"]
        assert (odd.parent / unquote(related)).read_text(encoding="utf-8") == TASKS

    def test_the_way_is_a_code_flow(self) -> None:
        opened, called, defined = (Location("shop/b.py", line, 1, line, 5) for line in (1, 2, 9))
        trace = (Step(opened, "opened [here]"), Step(called, "called here"), Step(defined, "defined here", aside=True))
        (run,) = parsed(Report((made(trace=trace, label="sent here"),)), "sarif")["runs"]
        (result,) = run["results"]
        (flow,) = result["codeFlows"][0]["threadFlows"]
        assert [step["location"]["message"]["text"] for step in flow["locations"]] == [
            "opened [here]",
            "called here",
            "sent here",
        ]
        assert [each["id"] for each in result["relatedLocations"]] == [1, 2, 3]
        assert result["message"]["text"] == "`x` is wrong ([opened \\[here\\]](1); [called here](2); [defined here](3))"

    def test_the_way_may_go_on_behind_the_finding(self) -> None:
        way = ["the whole function runs in a transaction", "leads to the dispatch", "called here", "sent here"]
        report = check(ROOT / "examples" / "shop")
        flows = [
            [step["location"]["message"]["text"] for step in result["codeFlows"][0]["threadFlows"][0]["locations"]]
            for result in parsed(report, "sarif")["runs"][0]["results"]
            if "codeFlows" in result
        ]
        assert way in flows

    def test_fixes_apply(self, odd: Path) -> None:
        """Replacing the regions by their text gives a file that has no such finding."""
        (run,) = parsed(check(odd), "sarif")["runs"]
        ((fix,),) = [result["fixes"] for result in run["results"] if result["ruleId"] == "CLT101"]
        (change,) = fix["artifactChanges"]
        path = odd.parent / unquote(change["artifactLocation"]["uri"])
        lines = path.read_bytes().decode().split("\r\n")
        for replacement in reversed(change["replacements"]):
            region, new = replacement["deletedRegion"], replacement["insertedContent"]["text"]
            line = lines[region["startLine"] - 1]
            assert region["startLine"] == region["endLine"]
            lines[region["startLine"] - 1] = line[: region["startColumn"] - 1] + new + line[region["endColumn"] - 1 :]
        path.write_bytes("\r\n".join(lines).encode())
        assert [each.code for each in check(odd).findings] == ["CLT004"]

    def test_a_fix_of_two_files_says_so(self) -> None:
        edits = (Edit("b.py", 2, 1, 2, 1, "new"), Edit("a.py", 1, 1, 1, 3, ""), Edit("b.py", 1, 1, 1, 1, "import x\n"))
        fix = Suggestion("say it there", Applicability.UNSAFE, edits)
        (run,) = parsed(Report((made(fix=fix),)), "sarif")["runs"]
        (written,) = run["results"][0]["fixes"]
        assert written["description"]["text"] == "say it there (unsafe)"
        assert [each["artifactLocation"]["uri"] for each in written["artifactChanges"]] == ["a.py", "b.py"]
        assert [each["insertedContent"]["text"] for each in written["artifactChanges"][1]["replacements"]] == [
            "import x\n",
            "new",
        ]

    def test_complaints_are_notifications(self, validator: jsonschema.Draft4Validator) -> None:
        crash = made(".", code="CLT001", name="rule-crashed", message="the rule x crashed")
        report = Report((crash,), errors=("none: no such file or directory",), warnings=("b.py: cannot be read",))
        log = parsed(report, "sarif")
        validator.validate(log)
        (invocation,) = log["runs"][0]["invocations"]
        assert invocation["executionSuccessful"] is False
        assert [(each["level"], each["message"]["text"]) for each in invocation["toolExecutionNotifications"]] == [
            ("error", "the rule x crashed"),
            ("error", "none: no such file or directory"),
            ("warning", "b.py: cannot be read"),
        ]
        assert log["runs"][0]["results"] == []
        (fine,) = parsed(replace(report, findings=(), errors=()), "sarif")["runs"][0]["invocations"]
        assert fine["executionSuccessful"] is True

    def test_fingerprint_is_the_hash_of_the_line(self, odd: Path) -> None:
        (run,) = parsed(check(odd), "sarif")["runs"]
        expected = [line_hashes((odd / "first.py").read_bytes())[0], line_hashes((odd / "vues.py").read_bytes())[6]]
        assert expected == [each["partialFingerprints"]["primaryLocationLineHash"] for each in run["results"]]

    def test_no_fingerprint_for_a_line_that_is_not_there(self) -> None:
        report = Report((made(),), read=content("x = 1\n"))
        assert "partialFingerprints" not in parsed(report, "sarif")["runs"][0]["results"][0]


class TestLineHash:
    """The values that GitHub's upload action has for these texts, by the tests in its repository."""

    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    def test_known_answers(self, end: str) -> None:
        source = end.join([" hello; \t", "world!!!", "", "", "  \t\tGreetings", " End", ""])
        expected = [
            "e9496ae3ebfced30:1",
            "fb7c023a8b9ccb3f:1",
            "ce8ba1a563dcdaca:1",
            "e20e36e16fcb0cc8:1",
            "b3edc88f2938467e:1",
            "c8e28b0b4002a3a0:1",
            "c129715d7a2bc9a3:1",
        ]
        assert expected == line_hashes(source.encode())

    def test_without_an_end(self) -> None:
        assert line_hashes(b"") == ["c129715d7a2bc9a3:1"]
        expected = ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"]
        assert expected == line_hashes(b" a\nb\n  \t\tc\n d")

    def test_lines_that_are_alike_are_numbered(self) -> None:
        hashes = line_hashes(b"Lorem ipsum dolor sit amet.\n" * 10)
        assert hashes[:6] == [f"a7f2ff13bc495cf2:{number}" for number in range(1, 7)]
        assert hashes[6:] == [
            "a7f2ff1481e87703:1",
            "a9cf91f7bbf1862b:1",
            "55ec222b86bcae53:1",
            "cc97dc7b1d7d8f7b:1",
            "c129715d7a2bc9a3:1",
        ]

    def test_a_character_beyond_the_bmp_is_two_units(self) -> None:
        """The polynomial of the definition, written out for a text that fits into one window."""
        units = [0xD83D, 0xDE00, 0xFFFF]
        value = sum(unit * 37 ** (99 - index) for index, unit in enumerate(units)) % 2**64
        assert line_hashes("\t😀 ".encode()) == [f"{value:x}:1"]


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


class TestSecurity:
    @pytest.mark.parametrize("score", ["0.1", "7.5", "10.0"])
    def test_a_page_may_say_how_severe(self, tmp_path: Path, score: str) -> None:
        assert read_page(self.page(tmp_path, score)).security == score

    @pytest.mark.parametrize("score", ["0.0", "10.1", "7", "high"])
    def test_another_score_is_refused(self, tmp_path: Path, score: str) -> None:
        page = self.page(tmp_path, score)
        with pytest.raises(ValueError, match=rf"{re.escape(page.name)}:12: security is '{score}', not 0.1 to 10.0"):
            read_page(page)

    def page(self, directory: Path, score: str) -> Path:
        page = find_page("CLT101")
        assert page is not None
        made = page.path.read_text(encoding="utf-8").replace("scope: code\n", f"scope: code\nsecurity: {score}\n", 1)
        path = directory / page.path.name
        path.write_text(made, encoding="utf-8")
        return path
