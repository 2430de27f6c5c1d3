"""The configuration file, the environment, the command line, and which rules they turn on."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from celery_lint.config import (
    OPTIONS,
    ConfigurationError,
    Settings,
    configured_severity,
    enabled_rules,
    find_file,
    load,
)
from celery_lint.config.options import Layer, show
from celery_lint.config.places import Place, locate
from celery_lint.finding import Confidence, Persona, Severity
from celery_lint.pages import Page


def page(code: str, name: str, persona: Persona = Persona.REGULAR, preview: bool = False) -> Page:
    return Page(
        code=code,
        name=name,
        category="transactions",
        severity=Severity.ERROR,
        confidence=Confidence.HIGH,
        persona=persona,
        fix="none",
        since="0.1.0",
        preview=preview,
        scope="code",
        message="m",
        why="w",
        help="h",
        project="",
        path=Path(),
    )


PAGES = (
    page("CLT101", "delay-in-atomic"),
    page("CLT102", "delay-in-atomic-request"),
    page("CLT107", "delay-after-write-without-on-commit", Persona.PEDANTIC),
    page("CLT201", "model-instance-argument"),
    page("CLT299", "something-new", preview=True),
)


def write(path: Path, text: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    return str(path)


def message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, name: str = "pyproject.toml") -> str:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigurationError) as caught:
        load(write(tmp_path / name, text), PAGES)
    return str(caught.value)


def codes(settings: Settings) -> list[str]:
    names = enabled_rules(settings, PAGES)
    return [each.code for each in PAGES if each.name in names]


def test_every_option_has_a_default_that_loads() -> None:
    assert load(None, PAGES) == Settings(
        values={option.name: option.default for option in OPTIONS},
    )


def test_the_table_of_pyproject(tmp_path: Path) -> None:
    file = write(
        tmp_path / "pyproject.toml",
        """
        [tool.celery-lint]
        select = ["CLT1"]
        persona = "pedantic"
        min-severity = "warning"
        fail-on = "never"
        respect-gitignore = false
        target-celery = "5.4"
        [tool.celery-lint.per-file-ignores]
        "legacy/*" = ["delay-in-atomic"]
        """,
    )
    settings = load(file, PAGES)
    assert (Layer(("CLT1",)),) == settings.layers
    assert settings.persona is Persona.PEDANTIC
    assert settings.min_severity is Severity.WARNING
    assert settings.fail_on is None
    assert settings.respect_gitignore is False
    assert settings.target_celery == "5.4"
    assert settings.per_file_ignores == (("legacy/*", ("delay-in-atomic",)),)


def test_environment_beats_the_file_and_the_command_line_beats_both(tmp_path: Path) -> None:
    file = write(tmp_path / "celery-lint.toml", 'persona = "pedantic"\nmin-severity = "error"\nfail-on = "error"\n')
    settings = load(
        file,
        PAGES,
        environment={"CELERY_LINT_PERSONA": "auditor", "CELERY_LINT_MIN_SEVERITY": "warning"},
        arguments={"persona": "regular", "fail-on": None},
    )
    assert settings.persona is Persona.REGULAR
    assert settings.min_severity is Severity.WARNING
    assert settings.fail_on is Severity.ERROR
    assert {"persona": "command line", "min-severity": "environment", "fail-on": file} == dict(settings.sources)


class TestFindFile:
    def test_nearest_table_upwards(self, tmp_path: Path) -> None:
        expected = write(tmp_path / "pyproject.toml", "[tool.celery-lint]\n")
        write(tmp_path / "app" / "pyproject.toml", "[project]\nname = 'celery-lint-user'\n[tool.ruff]\n")
        assert expected == find_file(str(tmp_path / "app"))

    def test_own_file_beats_pyproject_beside_it(self, tmp_path: Path) -> None:
        write(tmp_path / "pyproject.toml", "[tool.celery-lint]\n")
        expected = write(tmp_path / "celery-lint.toml", "")
        assert expected == find_file(str(tmp_path))

    def test_a_broken_pyproject_of_others_is_passed_by(self, tmp_path: Path) -> None:
        expected = write(tmp_path / "celery-lint.toml", "")
        write(tmp_path / "app" / "pyproject.toml", "[tool.ruff\n")
        assert expected == find_file(str(tmp_path / "app"))

    def test_a_broken_pyproject_that_names_us_is_found(self, tmp_path: Path) -> None:
        expected = write(tmp_path / "pyproject.toml", "[tool.celery-lint]\nselect = [\n")
        assert expected == find_file(str(tmp_path))


class TestMessages:
    def test_unknown_key(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        text = '[project]\nname = "shop"\n\n[tool.celery-lint]\npersona = "regular"\n  slect = ["CLT1"]\n'
        assert textwrap.dedent(
            """\
            pyproject.toml:6:3: unknown option `slect`; did you mean `select`?
              |
            6 |   slect = ["CLT1"]
              |   ^^^^^"""
        ) == message(tmp_path, monkeypatch, text)

    def test_unknown_rule(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        text = '[tool.celery-lint]\nignore = [\n    "CLT2", # fine\n    "delay-in-atmic",\n]\n'
        assert textwrap.dedent(
            """\
            pyproject.toml:4:5: unknown rule `delay-in-atmic`; did you mean `delay-in-atomic`?
              |
            4 |     "delay-in-atmic",
              |     ^^^^^^^^^^^^^^^^"""
        ) == message(tmp_path, monkeypatch, text)

    def test_unknown_rule_for_files(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        text = 'per-file-ignores = { "a/*" = ["CLT101"], "b.py" = ["CLT9"] }\n'
        first = message(tmp_path, monkeypatch, text, "celery-lint.toml").splitlines()[0]
        assert first == "celery-lint.toml:1:52: unknown rule `CLT9`; did you mean `CLT299`?"

    def test_wrong_type(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        first = message(tmp_path, monkeypatch, '[tool]\ncelery-lint.select = "CLT1"\n').splitlines()[0]
        assert first == "pyproject.toml:2:22: `select` is a list of strings, not a string"

    def test_wrong_choice(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        first = message(tmp_path, monkeypatch, 'fail-on = "warnings"', "celery-lint.toml").splitlines()[0]
        expected = (
            'celery-lint.toml:1:11: `fail-on` is one of "error", "warning", "information", "never", '
            "not 'warnings'; did you mean `warning`?"
        )
        assert expected == first

    def test_wrong_version(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        first = message(tmp_path, monkeypatch, 'target-celery = ">=5"', "celery-lint.toml").splitlines()[0]
        assert first == "celery-lint.toml:1:17: `target-celery` is a version such as \"5.4\", not '>=5'"

    def test_severity_of_an_unknown_rule(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        text = '[tool.celery-lint.severity]\nCLT1 = "error"\nCLT7 = "off"\n'
        lines = message(tmp_path, monkeypatch, text).splitlines()
        assert lines[0] == "pyproject.toml:3:1: unknown rule `CLT7`; did you mean `CLT107`?"
        assert lines[3] == "  | ^^^^"

    def test_wrong_severity(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        first = message(tmp_path, monkeypatch, 'severity.CLT1 = "info"', "celery-lint.toml").splitlines()[0]
        assert first == (
            'celery-lint.toml:1:17: `severity` is a table of severities: "error", "warning", "information", "off"; '
            "not 'info'"
        )

    def test_invalid_toml(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        lines = message(tmp_path, monkeypatch, "[tool.celery-lint]\nselect == []\n").splitlines()
        assert lines[0] == "pyproject.toml:2:9: invalid TOML: invalid value"
        assert lines[2:] == ["2 | select == []", "  |         ^"]

    def test_not_utf8(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        (tmp_path / "celery-lint.toml").write_bytes(b'persona = "\xff"\n')
        with pytest.raises(ConfigurationError, match=r"^celery-lint\.toml:1: not UTF-8$"):
            load("celery-lint.toml", PAGES)

    def test_no_such_file(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        with pytest.raises(ConfigurationError, match=r"^none\.toml: cannot be read: No such file or directory$"):
            load("none.toml", PAGES)

    def test_given_pyproject_without_the_table(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        expected = "pyproject.toml: has no [tool.celery-lint] table"
        assert expected == message(tmp_path, monkeypatch, "[tool.ruff]\n")

    def test_unknown_rule_on_the_command_line(self) -> None:
        with pytest.raises(ConfigurationError) as caught:
            load(None, PAGES, arguments={"select": ["CLT110"]})
        assert str(caught.value) == "--select: unknown rule `CLT110`; did you mean `CLT107`?"

    def test_unknown_rule_in_the_environment(self) -> None:
        with pytest.raises(ConfigurationError, match=r"^CELERY_LINT_IGNORE: unknown rule `E501`"):
            load(None, PAGES, environment={"CELERY_LINT_IGNORE": "CLT1,E501"})

    def test_unknown_option_of_a_caller(self) -> None:
        with pytest.raises(ConfigurationError, match=r"^unknown option `ignored`; did you mean `ignore`"):
            load(None, PAGES, arguments={"ignored": ["CLT1"]})


class TestEnabledRules:
    def test_default_is_the_regular_persona_without_previews(self) -> None:
        assert codes(load(None, PAGES)) == ["CLT101", "CLT102", "CLT201"]

    def test_persona_widens(self) -> None:
        settings = load(None, PAGES, arguments={"persona": "pedantic"})
        assert codes(settings) == ["CLT101", "CLT102", "CLT107", "CLT201"]

    @pytest.mark.parametrize(
        ("arguments", "expected"),
        [
            ({"select": ["CLT1"]}, ["CLT101", "CLT102"]),
            ({"select": ["clt101"]}, ["CLT101"]),
            ({"select": "CLT101,CLT201"}, ["CLT101", "CLT201"]),
            ({"select": ["model-instance-argument"]}, ["CLT201"]),
            ({"select": ["CLT107"]}, ["CLT107"]),
            ({"select": ["something-new"]}, ["CLT299"]),
            ({"ignore": ["CLT1"]}, ["CLT201"]),
            ({"ignore": ["CLT1"], "extend-select": ["CLT102"]}, ["CLT102", "CLT201"]),
            ({"select": ["CLT1"], "ignore": ["CLT101"]}, ["CLT102"]),
            ({"select": ["CLT101"], "ignore": ["CLT101"]}, []),
            ({"extend-select": ["CLT107"]}, ["CLT101", "CLT102", "CLT107", "CLT201"]),
            ({"select": ["CLT"], "ignore": ["CLT2"]}, ["CLT101", "CLT102"]),
        ],
    )
    def test_selectors(self, arguments: dict[str, object], expected: list[str]) -> None:
        assert expected == codes(load(None, PAGES, arguments=arguments))

    @pytest.mark.parametrize(
        ("severity", "expected"),
        [
            ({"CLT1": "off"}, ["CLT201"]),
            ({"CLT1": "off", "CLT102": "error"}, ["CLT102", "CLT201"]),
            ({"CLT1": "error"}, ["CLT101", "CLT102", "CLT201"]),
            ({"CLT107": "information"}, ["CLT101", "CLT102", "CLT107", "CLT201"]),
            ({"something-new": "error", "CLT2": "off"}, ["CLT101", "CLT102", "CLT299"]),
        ],
    )
    def test_severities(self, severity: dict[str, str], expected: list[str]) -> None:
        assert expected == codes(load(None, PAGES, arguments={"severity": severity}))

    def test_severity_by_the_more_exact_selector_and_the_stronger_source(self, tmp_path: Path) -> None:
        file = write(tmp_path / "celery-lint.toml", 'severity = { CLT = "error", CLT10 = "warning", CLT101 = "off" }\n')
        settings = load(file, PAGES, arguments={"info": ["CLT102"]})
        found = {each.code: configured_severity(settings, each) for each in PAGES}
        assert found == {
            "CLT101": None,
            "CLT102": Severity.INFORMATION,
            "CLT107": Severity.WARNING,
            "CLT201": Severity.ERROR,
            "CLT299": Severity.ERROR,
        }

    def test_the_command_line_has_the_last_word(self, tmp_path: Path) -> None:
        file = write(tmp_path / "celery-lint.toml", 'ignore = ["CLT101"]\nextend-select = ["CLT107"]\n')
        assert codes(load(file, PAGES)) == ["CLT102", "CLT107", "CLT201"]
        extended = load(file, PAGES, arguments={"extend-select": ["CLT1"]})
        assert codes(extended) == ["CLT101", "CLT102", "CLT107", "CLT201"]
        assert codes(load(file, PAGES, arguments={"select": ["CLT2"]})) == ["CLT201"]


def test_show_gives_what_a_file_could_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "celery-lint.toml", "ignore = ['CLT2']\nper-file-ignores = {'a\"b' = ['CLT101']}\n")
    lines = show(load("celery-lint.toml", PAGES, arguments={"fail-on": "error"}))
    assert "# select: not set" in lines
    assert 'ignore = ["CLT2"]  # celery-lint.toml' in lines
    assert 'per-file-ignores = { "a\\"b" = ["CLT101"] }  # celery-lint.toml' in lines
    assert 'fail-on = "error"  # command line' in lines
    assert 'persona = "regular"  # default' in lines
    write(tmp_path / "again.toml", "\n".join(lines))
    assert load("again.toml", PAGES).per_file_ignores == (('a"b', ("CLT101",)),)


class TestPlaces:
    def test_tables_arrays_and_strings(self) -> None:
        text = (
            'title = "#"  # [not.a.table]\n'
            "[a.'b.c']\n"
            'x = """one\n[two]"""\n'
            "y = [1, [2, 3], { z = 'q' }]\n"
            "[[t]]\nk = 1\n[[t]]\nk = 2\n"
        )
        places = locate(text)
        assert places.keys["a", "b.c", "x"] == Place(3, 1, 1)
        assert places.values["a", "b.c", "x"] == Place(3, 5, 6)
        assert places.values["a", "b.c", "y", 1, 0] == Place(5, 10, 1)
        assert places.values["a", "b.c", "y", 2, "z"] == Place(5, 23, 3)
        assert places.values["t", 1, "k"] == Place(9, 5, 1)

    def test_of_falls_back_to_what_is_around(self) -> None:
        assert locate("[a]\nb = 1\n").of(("a", "c", 0)) == Place(1, 2, 1)
