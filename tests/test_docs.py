"""What the documents claim is so: commands, pasted output, tables, the walk-through."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import celery_lint
from celery_lint.config import OPTIONS, load
from celery_lint.pages import all_pages
from celery_lint.report import FORMATS

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = Path(celery_lint.__file__).parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
HOUSE = (ROOT / "docs" / "HOUSE.md").read_text(encoding="utf-8")
JSON_FORMAT = (ROOT / "docs" / "json-format.md").read_text(encoding="utf-8")
FORMATS_PAGE = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
DOCUMENTS = ["README.md", "CONTRIBUTING.md", *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))]
PLACES = ("tests/", "rules/", "docs/", "examples/", ".ci/")


def blocks(text: str, language: str) -> list[str]:
    """The fenced blocks of a language, without their fences."""
    found = re.findall(rf"^(`{{3,}}){language}\b[^\n]*\n(.*?)^\1$", text, flags=re.DOTALL | re.MULTILINE)
    return [block for _, block in found]


def check(*arguments: str, directory: Path = ROOT) -> str:
    """Standard output of `celery-lint check`, run from the directory."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CELERY_LINT_")}
    result = subprocess.run(
        [sys.executable, "-m", "celery_lint", "check", "--color", "never", *arguments],
        cwd=directory,
        env=environment,
        capture_output=True,
        encoding="utf-8",
    )
    assert result.returncode == 1, result.stderr
    return result.stdout


class TestReadme:
    def test_finding_is_a_real_one(self) -> None:
        (shown,) = blocks(README, "text")
        output = check("examples/shop")
        assert shown in output
        assert f"Found {re.findall(r'one of ([0-9]+) in', README)[0]} problems" in output
        assert re.findall(r"one of ([0-9]+) in", README) == re.findall(r"prints ([0-9]+) findings", README)

    def test_two_commands_are_those_that_ci_runs(self) -> None:
        lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
        commands = [block.strip() for block in blocks(README, "sh") if block.startswith("python3 -m venv")]
        assert len(commands) == 2
        for command in commands:
            assert "\n" not in command
            assert any(line.startswith(command) for line in lines)

    def test_categories_are_those_of_the_pages(self) -> None:
        table = README.split("## Rules\n", 1)[1].split("\n## ", 1)[0]
        expected = sorted({(page.code[:4], page.category) for page in all_pages()})
        assert expected == re.findall(r"^\| (CLT\d) \| (\w+) \|", table, flags=re.MULTILINE)

    def test_configuration_is_accepted(self, tmp_path: Path) -> None:
        (table,) = [block for block in blocks(README, "toml") if "tool.celery-lint" in block]
        file = tmp_path / "pyproject.toml"
        file.write_text(table, encoding="utf-8")
        given = tomllib.loads(table)["tool"]["celery-lint"]
        values = load(str(file), all_pages()).values
        assert set(given) == {name for name, value in values.items() if value != default(name)} | {"persona"}

    @pytest.mark.parametrize("name", [each.name for each in OPTIONS])
    def test_option_is_named(self, name: str) -> None:
        chapter = README.split("## Configure\n", 1)[1].split("\n## ", 1)[0]
        assert name in chapter

    def test_python_example_runs(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        (example,) = [block for block in blocks(README, "python") if "import celery_lint" in block]
        monkeypatch.chdir(ROOT)
        exec(compile(example, "README.md", "exec"), {})
        assert "examples/shop/orders/views.py 59 CLT101 " in capsys.readouterr().out

    def test_comments_silence(self, tmp_path: Path) -> None:
        """The two comments of the chapter, on two sends in a transaction, and nothing is left to say."""
        (example,) = [block for block in blocks(README, "python") if "noqa" in block]
        body = "".join(f"        {line}\n" if line else "\n" for line in example.splitlines())
        text = (
            "from celery import shared_task\nfrom django.db import transaction\n\n\n"
            "@shared_task\ndef send_receipt(order_pk): ...\n\n\n"
            f"def place(order):\n    with transaction.atomic():\n{body}"
        )
        (tmp_path / "shop.py").write_text(text, encoding="utf-8")
        assert celery_lint.check(tmp_path, isolated=True).findings == ()
        bare = re.sub(r"#.*", "", text)
        (tmp_path / "shop.py").write_text(bare, encoding="utf-8")
        codes = [finding.code for finding in celery_lint.check(tmp_path, isolated=True).findings]
        assert codes == ["CLT101", "CLT101"]

    def test_ruff_leaves_the_comments_alone(self, tmp_path: Path) -> None:
        (table,) = [block for block in blocks(README, "toml") if "tool.ruff" in block]
        (tmp_path / "shop.py").write_text("print()  # noqa: CLT101\n", encoding="utf-8")
        ruff = str(Path(sys.executable).parent / "ruff")
        command = [ruff, "check", "--no-cache", "--quiet", "--select", "RUF"]
        for configuration, expected in (("", 1), (table, 0)):
            (tmp_path / "ruff.toml").write_text(configuration.replace("[tool.ruff]\n", ""), encoding="utf-8")
            assert expected == subprocess.run(command, cwd=tmp_path, stdout=subprocess.DEVNULL).returncode

    def test_versions_are_those_of_the_classifiers(self) -> None:
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        minors = [each.rsplit(" ", 1)[1] for each in project["classifiers"] if re.search(r":: 3\.\d+$", each)]
        assert f"CPython {', '.join(minors[:-1])} and {minors[-1]}" in README
        assert project["requires-python"] == f">={minors[0]}"


def default(name: str) -> object:
    return next(each.default for each in OPTIONS if each.name == name)


class TestJsonFormat:
    def test_example_is_a_real_finding(self, tmp_path: Path) -> None:
        (example,) = blocks(JSON_FORMAT, "json")
        subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
        shutil.copytree(ROOT / "examples", tmp_path / "examples")
        assert json.loads(example) in json.loads(check("examples/shop", "--format", "json", directory=tmp_path))

    def test_every_member_is_described(self) -> None:
        (example,) = blocks(JSON_FORMAT, "json")
        finding = json.loads(example)
        described = set(re.findall(r"`([a-z_.]+)`", JSON_FORMAT))
        named = {*finding, *finding["trace"][0], *finding["fix"]["edits"][0], *(f"fix.{key}" for key in finding["fix"])}
        assert named - described == set()


class TestFormatsPage:
    def test_every_format_is_in_the_table(self) -> None:
        rows = re.findall(
            r"^\| (`.*?) \| .* \| the (repository|working directory) \|$", FORMATS_PAGE, flags=re.MULTILINE
        )
        named = {name: start == "repository" for names, start in rows for name in re.findall(r"`([a-z0-9-]+)`", names)}
        assert {name: each.in_repository for name, each in FORMATS.items()} == named

    def test_commands_run_and_write_what_is_read(self, tmp_path: Path) -> None:
        shutil.copytree(ROOT / "examples" / "shop", tmp_path, dirs_exist_ok=True)
        commands = re.findall(r"celery-lint (check [^|\n`]+)", FORMATS_PAGE)
        assert len(commands) == 7
        for command in commands:
            result = subprocess.run(
                [sys.executable, "-m", "celery_lint", *command.split()], cwd=tmp_path, capture_output=True, text=True
            )
            assert result.returncode == ("--exit-zero" not in command), result.stderr
            assert all((tmp_path / file).stat().st_size for file in re.findall(r"--output \w+:(\S+)", command))
        for file in re.findall(r"(?:sarif_file: |codequality: |junit: |ReportPaths=)(\S+)", FORMATS_PAGE):
            assert (tmp_path / file).exists(), file

    def test_statistics_are_real(self) -> None:
        (shown,) = blocks(FORMATS_PAGE, "text")
        assert shown in check("examples/shop", "--statistics")


class TestContributing:
    def test_walk_through_works(self, tmp_path: Path) -> None:
        """The two files of the walk-through, put into a copy of the tree, pass the tests of pages."""
        titled = re.findall(r"^(`{3,})\w+ title=\"([^\"]+)\"\n(.*?)^\1$", CONTRIBUTING, flags=re.DOTALL | re.MULTILINE)
        files = {title: text for _, title, text in titled}
        page, function = files
        assert [Path(page).parent.as_posix(), Path(function).parent.as_posix()] == ["rules", "src/celery_lint/rules"]
        ignored = shutil.ignore_patterns("__pycache__", "pages")
        shutil.copytree(PACKAGE, tmp_path / "src" / "celery_lint", ignore=ignored)
        shutil.copytree(ROOT / "rules", tmp_path / "rules")
        (tmp_path / "tests").mkdir()
        shutil.copy(ROOT / "tests" / "test_pages.py", tmp_path / "tests")
        for path, text in files.items():
            assert not (tmp_path / path).exists()
            (tmp_path / path).write_text(text, encoding="utf-8")
        (code,) = re.findall(r"^code: (\w+)$", files[page], flags=re.MULTILINE)
        tests = f"{Path(page).stem} or {code}"
        assert f'pytest tests/test_pages.py -k "{tests}"' in CONTRIBUTING
        command = [sys.executable, "-m", "pytest", "tests/test_pages.py", "-p", "no:cacheprovider", "-k", tests]
        environment = {**os.environ, "PYTHONPATH": str(tmp_path / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
        result = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert result.returncode == 0, result.stdout
        explained = subprocess.run(
            [sys.executable, "-m", "celery_lint", "rule", Path(page).stem],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
        )
        assert "## What it does" in explained.stdout
        broken = files[function].replace("== 0", "== 300")
        assert broken != files[function]
        (tmp_path / function).write_text(broken, encoding="utf-8")
        again = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert again.returncode == 1, "the page's examples do not judge the function"


class TestHouse:
    def test_every_module_is_on_the_map(self) -> None:
        modules = {path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py")}
        wanted = {path for path in modules if not path.startswith("rules/") and Path(path).name[0] != "_"}
        described = set(re.findall(r"`((?:\w+/)*\w+\.py)`", HOUSE))
        assert sorted(wanted - described) == []
        names = {Path(path).name for path in modules}
        tools = {
            path.relative_to(ROOT).as_posix() for name in ("tools", "benchmarks") for path in ROOT.glob(f"{name}/*.py")
        }
        assert sorted(described - modules - names - tools) == []


@pytest.mark.parametrize("name", DOCUMENTS)
class TestEvery:
    def test_links_lead_somewhere(self, name: str) -> None:
        text = (ROOT / name).read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)#]+)\)", text):
            if not target.startswith("https://"):
                assert (ROOT / name).parent.joinpath(target).exists(), target

    def test_codes_and_paths_exist(self, name: str) -> None:
        """What is named in running text; blocks of code may speak of what is not there yet."""
        whole = (ROOT / name).read_text(encoding="utf-8")
        text = re.sub(r"^(`{3,}).*?^\1$", "", whole, flags=re.DOTALL | re.MULTILINE)
        codes = {*(page.code for page in all_pages()), *re.findall(r"^code: (CLT\d{3})$", whole, flags=re.MULTILINE)}
        for code in re.findall(r"\bCLT\d{3}\b", text):
            assert code in codes, code
        for path in re.findall(r"`([\w./-]+)`", text):
            if path.startswith(PLACES):
                assert (ROOT / path).exists(), path
            elif path.startswith("src/celery_lint/"):
                assert (PACKAGE / path.removeprefix("src/celery_lint/")).exists(), path

    def test_lines_fit(self, name: str) -> None:
        """But for the sessions, whose lines are as long as the tool makes them."""
        whole = (ROOT / name).read_text(encoding="utf-8")
        lines = re.sub(r"^```console\n.*?^```$", "", whole, flags=re.DOTALL | re.MULTILINE).splitlines()
        long = [line for line in lines if len(line) > 120 and not line.startswith(("|", "python3", "   ="))]
        assert long == []
