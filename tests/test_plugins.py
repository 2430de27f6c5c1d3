"""Rules from elsewhere: files, installed packages, what is wrong with them, and where none is looked for."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from console import register

import celery_lint
from celery_lint.cli import main
from celery_lint.config import ConfigurationError
from celery_lint.project import Project
from celery_lint.project.bodies.definition import TaskDefinition
from celery_lint.project.configuration import Configuration
from celery_lint.project.dispatch import Dispatch
from celery_lint.project.schedules import BeatEntry
from celery_lint.project.services import WorkerCommand
from celery_lint.project.tasks import Task
from celery_lint.rule import Nomination

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples" / "plugin" / "queue_by_hand.py"
GUIDE = (ROOT / "docs" / "plugins.md").read_text(encoding="utf-8")
TASKS = "from celery import shared_task\n\n\n@shared_task\ndef send(pk): ...\n"
VIEWS = 'from shop.tasks import send\n\n\ndef view(request):\n    send.apply_async((1,), queue="mail")\n'
SENT = "`shop.tasks.send` is sent to a queue that this call names"


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one call that the example flags, as the working directory."""
    root = tmp_path / "project"
    (root / "shop").mkdir(parents=True)
    (root / "shop" / "__init__.py").write_text("")
    (root / "shop" / "tasks.py").write_text(TASKS)
    (root / "shop" / "views.py").write_text(VIEWS)
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def plugin(tmp_path: Path) -> Path:
    path = tmp_path / "queue_by_hand.py"
    path.write_text(EXAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    return path


def lint(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as done:
        main([str(each) for each in arguments])
    out, err = capsys.readouterr()
    assert isinstance(done.value.code, int)
    return done.value.code, out, err


def install(directory: Path, name: str = "shop-queue-by-hand") -> None:
    """The example as an installed package's module, with an entry point of that name."""
    package = directory / "shop_rules"
    package.mkdir(parents=True, exist_ok=True)
    (package / "__init__.py").write_text("")
    (package / "queue_by_hand.py").write_text(EXAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    information = directory / "shop_rules-1.0.dist-info"
    information.mkdir(exist_ok=True)
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: shop-rules\nVersion: 1.0\n")
    (information / "entry_points.txt").write_text(f"[celery_lint.rules]\n{name} = shop_rules.queue_by_hand\n")


def run(*arguments: str, path: Path | None = None) -> subprocess.CompletedProcess[str]:
    """celery-lint as a process of its own, with one more place on Python's path."""
    places = [str(Path(celery_lint.__file__).parents[1]), *([str(path)] if path is not None else [])]
    return subprocess.run(
        [sys.executable, "-m", "celery_lint", *arguments],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(places)},
        capture_output=True,
        encoding="utf-8",
    )


class TestFile:
    @pytest.mark.usefixtures("shop")
    def test_its_rule_runs(self, plugin: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert lint(capsys, "--no-cache", "-q", "--format=concise") == (0, "", "")
        found = (1, f"shop/views.py:5:5: SHP101 {SENT}\n", "")
        assert found == lint(capsys, "--plugin", plugin, "--no-cache", "-q", "--format=concise")

    def test_it_is_selected_and_ignored_like_any_rule(self, shop: Path, plugin: Path) -> None:
        def codes(**options: object) -> list[str]:
            report = celery_lint.check(shop, isolated=True, cache=False, plugin_files=(str(plugin),), **options)
            return [finding.code for finding in report.findings]

        assert codes() == codes(select=["SHP"]) == codes(select=["queue-by-hand"]) == ["SHP101"]
        assert codes(select=["CLT"]) == codes(ignore=["SHP101"]) == []

    @pytest.mark.parametrize(
        "comment", ["# celery-lint: ignore[SHP101] so", "# celery-lint: ignore[queue-by-hand] so", "# noqa: SHP101"]
    )
    def test_comments_silence_it(self, shop: Path, plugin: Path, comment: str) -> None:
        (shop / "shop" / "views.py").write_text(VIEWS.rstrip() + f"  {comment}\n")
        report = celery_lint.check(shop, isolated=True, cache=False, plugin_files=(str(plugin),))
        assert report.findings == ()

    def test_noqa_of_others_does_not_silence_it(self, shop: Path, plugin: Path) -> None:
        (shop / "shop" / "views.py").write_text(VIEWS.rstrip() + "  # noqa: S101, SH1\n")
        report = celery_lint.check(shop, isolated=True, cache=False, plugin_files=(str(plugin),))
        assert [finding.code for finding in report.findings] == ["SHP101"]

    def test_it_is_fixed(self, shop: Path, plugin: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert lint(capsys, "--plugin", plugin, "--fix", "--unsafe-fixes", "-q")[0] == 0
        assert VIEWS.replace(', queue="mail"', "") == (shop / "shop" / "views.py").read_text()

    @pytest.mark.usefixtures("shop")
    def test_sarif_has_its_page(self, plugin: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (rule,) = json.loads(lint(capsys, "--plugin", plugin, "--format=sarif")[1])["runs"][0]["tool"]["driver"][
            "rules"
        ]
        assert ("SHP101", "queue-by-hand") == (rule["id"], rule["name"])
        assert "When the reports moved" in rule["help"]["markdown"]

    def test_a_baseline_holds_it(self, shop: Path, plugin: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert lint(capsys, "baseline", "create", "--plugin", plugin)[0] == 0
        baseline = next(shop.glob("*baseline*"))
        assert lint(capsys, "--plugin", plugin, "--baseline", baseline)[0] == 0
        code, _, err = lint(capsys, "--baseline", baseline, "--strict-baseline")
        assert (code, err) == (0, "")

    def test_the_cache_knows_its_bytes(self, shop: Path, plugin: Path) -> None:
        def messages() -> list[str]:
            report = celery_lint.check(shop, isolated=True, plugin_files=(str(plugin),))
            return [finding.message for finding in report.findings]

        assert messages() == messages() == [SENT]
        plugin.write_text(EXAMPLE.read_text(encoding="utf-8").replace("that this call names", "of its own"))
        assert ["`shop.tasks.send` is sent to a queue of its own"] == messages()
        assert celery_lint.check(shop, isolated=True).findings == ()

    @pytest.mark.usefixtures("shop")
    def test_its_page_is_printed(self, plugin: Path, capsys: pytest.CaptureFixture[str]) -> None:
        code, out, _ = lint(capsys, "rule", "shp101", "--plugin", plugin)
        assert (code, out.splitlines()[0]) == (0, "SHP101 queue-by-hand")
        assert "SHP101  queue-by-hand" in lint(capsys, "rule", "--all", "--plugin", plugin)[1]
        assert (
            '"name": "queue-by-hand"' in lint(capsys, "rule", "queue-by-hand", "--plugin", plugin, "--format=json")[1]
        )

    @pytest.mark.usefixtures("shop")
    def test_a_crash_is_a_finding(self, plugin: Path, capsys: pytest.CaptureFixture[str]) -> None:
        plugin.write_text(EXAMPLE.read_text(encoding="utf-8").replace("message.form ==", "message.from_ =="))
        code, out, _ = lint(capsys, "--plugin", plugin, "--format=concise")
        assert code == 2
        assert "CLT001 the rule queue-by-hand crashed: AttributeError" in out


class TestInstalled:
    def test_a_configuration_names_it(self, shop: Path, tmp_path: Path) -> None:
        install(tmp_path / "site")
        (shop / "celery-lint.toml").write_text('plugins = ["shop-queue-by-hand"]\nselect = ["SHP"]\n')
        done = run("check", "--format=concise", "-q", path=tmp_path / "site")
        assert (1, f"shop/views.py:5:5: SHP101 {SENT}\n", "") == (done.returncode, done.stdout, done.stderr)
        assert run("rule", "SHP101", path=tmp_path / "site").stdout.startswith("SHP101 queue-by-hand\n")

    def test_the_cache_knows_its_package(self, shop: Path, tmp_path: Path) -> None:
        install(tmp_path / "site")
        (shop / "celery-lint.toml").write_text('plugins = ["shop-queue-by-hand"]\n')
        before = run("check", "--format=concise", "-q", path=tmp_path / "site").stdout
        file = tmp_path / "site" / "shop_rules" / "queue_by_hand.py"
        file.write_text(file.read_text(encoding="utf-8").replace("that this call names", "of its own"))
        after = run("check", "--format=concise", "-q", path=tmp_path / "site").stdout
        assert (SENT in before, SENT in after, "a queue of its own" in after) == (True, False, True)

    def test_a_name_that_nobody_offers(self, shop: Path, tmp_path: Path) -> None:
        install(tmp_path / "site")
        (shop / "celery-lint.toml").write_text('plugins = ["shop-queue-by-hands"]\n')
        done = run("check", path=tmp_path / "site")
        expected = "celery-lint: plug-in `shop-queue-by-hands` is not installed; did you mean `shop-queue-by-hand`?\n"
        assert (2, "", expected) == (done.returncode, done.stdout, done.stderr)

    def test_the_checked_project_offers_nothing(self, shop: Path) -> None:
        """`python -m` has the working directory on Python's path, and with it what lies there."""
        install(shop)
        (shop / "shop_rules" / "queue_by_hand.py").write_text("raise SystemExit('code of the project runs')\n")
        (shop / "celery-lint.toml").write_text('plugins = ["shop-queue-by-hand"]\n')
        done = run("check")
        expected = "celery-lint: plug-in `shop-queue-by-hand` is not installed\n"
        assert (2, "", expected) == (done.returncode, done.stdout, done.stderr)

    def test_the_checked_project_shadows_nothing(self, shop: Path, tmp_path: Path) -> None:
        install(tmp_path / "site")
        (shop / "shop_rules.py").write_text("raise SystemExit('code of the project runs')\n")
        (shop / "celery-lint.toml").write_text('plugins = ["shop-queue-by-hand"]\n')
        assert run("check", "--format=concise", "-q", path=tmp_path / "site").stdout.count("SHP101") == 1

    @pytest.mark.parametrize("path", ["tools/queue_by_hand.py", "queue_by_hand.py", "./tools"])
    def test_a_configuration_names_no_file(self, shop: Path, path: str, capsys: pytest.CaptureFixture[str]) -> None:
        (shop / "celery-lint.toml").write_text(f'plugins = ["{path}"]\n')
        code, out, err = lint(capsys)
        assert (code, out) == (2, "")
        message = "celery-lint.toml:1:12: `plugins` names what is installed; a file goes with `--plugin`"
        assert err.splitlines()[0] == f"celery-lint: {message}"

    @pytest.mark.usefixtures("shop")
    def test_there_is_no_variable(self, plugin: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("CELERY_LINT_PLUGIN", str(plugin))
        monkeypatch.setenv("CELERY_LINT_PLUGINS", "nobody")
        assert run("check", "--format=concise", "-q").stdout == ""


RULES = EXAMPLE.read_text(encoding="utf-8")


class TestFaults:
    @pytest.mark.parametrize(
        ("text", "complaint"),
        [
            ("def f(:\n", ":1: syntax error: "),
            ("", ":1: has no page"),
            ('"""Finds something."""\n', ":1: a page starts with ---"),
            (RULES.replace("name: queue-by-hand\n", ""), ":15: name is missing"),
            (RULES.replace("severity: warning", "severity: bad"), ":6: severity is 'bad', not one of information, "),
            (RULES.replace("## Good\n", "## Well\n"), ": the page has no section `## Good`"),
            (RULES.replace("## See also\n", "## See also\n\n## Bad\n"), ": the sections of the page are not What it "),
            (RULES.replace("code: SHP101", "code: CLT999"), ": codes that begin with CLT are celery-lint's own, as "),
            (RULES.replace("code: SHP101", "code: SHP1"), ": code is 'SHP1', not two or three capitals and three "),
            (RULES.replace("queue-by-hand", "delay-in-atomic"), ": SHP101 delay-in-atomic clashes with CLT101 delay-"),
            (RULES.replace("queue-by-hand", "queue"), ": name is 'queue', not small words with hyphens between"),
            (RULES.replace("category: workers", "category: tool"), ": the category `tool` is for celery-lint's own "),
            (
                RULES.replace('@rule("queue-by-hand")\n', ""),
                ": the page is about `queue-by-hand`, and the module ",
            ),
            (
                RULES.replace('@rule("queue-', '@rule("queues-'),
                ": the page is about `queue-by-hand`, and the module ",
            ),
            (RULES + "import nowhere\n", ": cannot be loaded: ModuleNotFoundError: No module named 'nowhere'"),
            (RULES + "raise SystemExit(0)\n", ": cannot be loaded: SystemExit: 0"),
            (RULES + "\0", ": source code string cannot contain null bytes"),
        ],
    )
    @pytest.mark.usefixtures("shop")
    def test_one_line_says_what_is_wrong(
        self, plugin: Path, text: str, complaint: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        plugin.write_text(text, encoding="utf-8")
        for arguments in (("check", "--plugin", plugin), ("rule", "--test", plugin)):
            code, out, err = lint(capsys, *arguments)
            assert (code, out) == (2, "")
            assert err.count("\n") == 1
            assert complaint in err

    @pytest.mark.usefixtures("shop")
    def test_it_is_not_there(self, capsys: pytest.CaptureFixture[str]) -> None:
        expected = (2, "", "celery-lint: nowhere.py: cannot be read: No such file or directory\n")
        assert expected == lint(capsys, "--plugin", "nowhere.py")

    def test_two_have_one_code(self, shop: Path, plugin: Path) -> None:
        other = plugin.with_name("other.py")
        other.write_text(RULES.replace("queue-by-hand", "queue-by-feet"), encoding="utf-8")
        with pytest.raises(ConfigurationError, match="SHP101 queue-by-feet clashes with SHP101 queue-by-hand"):
            celery_lint.check(shop, isolated=True, plugin_files=(str(plugin), str(other)))


class TestOfPages:
    def test_the_example_holds(self, capsys: pytest.CaptureFixture[str]) -> None:
        code, out, err = lint(capsys, "rule", "--test", EXAMPLE)
        assert (code, err) == (0, "")
        assert f"```text\n{out}```" in GUIDE

    @pytest.mark.parametrize(
        ("old", "new", "complaint"),
        [
            (
                'queue="mail")  # SHP101',
                "countdown=5)  # SHP101",
                "services.py:5: SHP101 is marked and not found",
            ),
            ('"mail")  # SHP101', '"mail")', "shop/services.py:5: SHP101 is found and not marked: `tasks.send_"),
            (
                "**options)  # SHP101",
                'queue="mail")  # SHP101',
                "SHP101 is marked as missed and found",
            ),
            ("message.form ==", "message.from_ ==", "the rule queue-by-hand crashed: AttributeError: "),
            ("SHP101 missed: who", "SHP101 rarely: who", "shop/services.py:5: not a marker: "),
        ],
    )
    def test_what_does_not_hold_is_said(
        self, plugin: Path, old: str, new: str, complaint: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert old in RULES
        plugin.write_text(RULES.replace(old, new, 1), encoding="utf-8")
        code, out, err = lint(capsys, "rule", "--test", plugin)
        assert (2 if "not a marker" in complaint else 1) == code
        assert complaint in out + err

    def test_bad_and_good_have_examples(self, plugin: Path, capsys: pytest.CaptureFixture[str]) -> None:
        good = re.search(r"## Good\n.*(?=## Known limits)", RULES, flags=re.DOTALL)
        assert good is not None
        plugin.write_text(RULES.replace(good[0], "## Good\n\nNone.\n\n"), encoding="utf-8")
        code, out, _ = lint(capsys, "rule", "--test", plugin)
        assert (1, True) == (code, "FAIL  good: there is no example\n" in out)


class TestGuide:
    def test_it_shows_the_example(self) -> None:
        assert f'````python title="queue_by_hand.py"\n{RULES}````' in GUIDE

    def test_its_objects_are_there(self) -> None:
        classes = {
            "messages": celery_lint.project.arguments.message.Message,
            "dispatches": Dispatch,
            "task_definitions": TaskDefinition,
            "configurations": Configuration,
            "beat_entries": BeatEntry,
            "workers": WorkerCommand,
        }
        rows = re.findall(r"^\| `project\.(\w+)` \|[^|]*\| (.*) \|$", GUIDE, flags=re.MULTILINE)
        assert list(classes) == [name for name, _ in rows]
        for name, attributes in rows:
            assert hasattr(Project, name)
            known = {*dir(classes[name]), *getattr(classes[name], "__struct_fields__", ())}
            assert set(re.findall(r"`([a-z_]+)[`.(]", attributes)) - known == set()
        assert {"name", "location", "signature", "option"} <= set(dir(Task))

    def test_its_names_are_exported(self) -> None:
        (imports,) = re.findall(r"comes from `celery_lint\.rule`: (.*?) and the\n", GUIDE, flags=re.DOTALL)
        assert set(re.findall(r"`(\w+)`", imports)) <= set(celery_lint.rule.__all__)
        assert Nomination in vars(celery_lint.rule).values()


def test_flake8_shows_it_when_its_letters_are_selected(shop: Path, tmp_path: Path) -> None:
    install(tmp_path / "site")
    register(tmp_path / "site")
    (shop / "celery-lint.toml").write_text('plugins = ["shop-queue-by-hand"]\n')
    places = [str(Path(celery_lint.__file__).parents[1]), str(tmp_path / "site")]
    done = subprocess.run(
        [Path(sys.executable).parent / "flake8", "--isolated", "--extend-select", "SHP", "--ignore", "E,W", "shop"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(places)},
        capture_output=True,
        encoding="utf-8",
    )
    assert (done.stdout, done.stderr) == (f"shop/views.py:5:5: SHP101 {SENT}\n", "")
