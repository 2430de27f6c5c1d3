"""SARIF: valid by its schema, and with all that code scanning reads."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import unquote

import jsonschema
import pytest
from formats import TASKS, VIEWS, check, content, made, parsed
from msgspec.structs import replace

from celery_lint.finding import Applicability, Edit, Location, Step, Suggestion
from celery_lint.pages import all_pages, find_page, read_page
from celery_lint.report import Report
from celery_lint.report.line_hash import line_hashes

ROOT = Path(__file__).resolve().parent.parent
SCHEMA = json.loads((ROOT / "tests" / "schemas" / "sarif-2.1.0.json").read_text(encoding="utf-8"))


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
