"""The house is in order: layers, twins, messages, sizes, versions, and what the wheel holds."""

from __future__ import annotations

import email
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import celery_lint
from celery_lint.pages import Page, all_pages
from celery_lint.rules import load_rules

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = Path(celery_lint.__file__).parent
TEXTS = (".md", ".py", ".toml", ".yaml", ".yml", ".txt", ".cfg", ".ini", "")
LONGEST = 500

MACHINE_PATH = re.compile(r"(?<![\w./~:-])/(?:tmp|root|home|work|Users|private|var/folders)/")

each_page = pytest.mark.parametrize("page", all_pages(), ids=[page.name for page in all_pages()])


class TestLayers:
    def test_contracts_are_kept(self) -> None:
        command = Path(sys.executable).parent / "lint-imports"
        result = subprocess.run([command, "--no-cache"], cwd=ROOT, capture_output=True, encoding="utf-8")
        assert result.returncode == 0, result.stdout + result.stderr
        assert "3 kept, 0 broken" in result.stdout

    def test_every_module_has_a_layer(self) -> None:
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
        layers = project["tool"]["importlinter"]["contracts"][0]["layers"]
        placed = {name.strip().removeprefix("celery_lint.") for layer in layers for name in layer.split("|")}
        modules = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
        assert placed == modules - {"__init__", "__main__"}


class TestTwins:
    def test_each_page_has_its_function(self) -> None:
        """The tool's own findings, CLT0, come from the engine and have no function."""
        pages = {page.name for page in all_pages() if page.category != "tool"}
        stems = {path.stem.replace("_", "-") for path in (PACKAGE / "rules").glob("*.py") if path.stem != "__init__"}
        assert pages == stems
        assert pages == set(load_rules())

    @each_page
    def test_a_rule_is_one_function_under_its_name(self, page: Page) -> None:
        if page.category == "tool":
            return
        function = load_rules()[page.name]
        stem = page.name.replace("-", "_")
        assert (function.__name__, function.__module__) == (stem, f"celery_lint.rules.{stem}")
        assert function.__doc__ is not None
        assert re.match(r"[A-Z`].*\.\Z", function.__doc__.strip(), flags=re.DOTALL)


class TestMessages:
    @each_page
    def test_message_says_what_is(self, page: Page) -> None:
        assert re.match(r"[a-z`{]", page.message)
        assert not page.message.endswith((".", "!"))
        assert not re.search(r"\b(please|should|must|sorry|oops)\b", page.message, flags=re.IGNORECASE)

    @each_page
    def test_why_and_help_are_sentences(self, page: Page) -> None:
        for sentence in (page.why, page.help):
            assert re.fullmatch(r"[A-Z`].*[.]", sentence)
            assert not re.search(r"\bplease\b", sentence, flags=re.IGNORECASE)


class TestTree:
    def test_no_module_is_too_long(self) -> None:
        lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in PACKAGE.rglob("*.py")}
        long = {path.relative_to(PACKAGE).as_posix() for path, lines in lengths.items() if lines > LONGEST}
        assert long == set()

    def test_no_path_of_somebodys_machine(self) -> None:
        found = []
        for path in texts():
            for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
                if MACHINE_PATH.search(line):
                    found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()}")
        assert found == []

    def test_machine_paths_are_known(self) -> None:
        for directory in ("tmp", "root", "home", "Users"):
            assert MACHINE_PATH.search(f"see /{directory}/x")
            assert not MACHINE_PATH.search(f"https://docs.example.org/{directory}/x")


def texts() -> list[Path]:
    """The text files of the tree, but for what tools (git in a worktree) leave there and what is odd on purpose."""
    named = [path for path in ROOT.iterdir() if path.is_file() and path.suffix in TEXTS]
    for directory in ("src", "rules", "tests", "tools", "examples", "docs", ".ci"):
        for path in (ROOT / directory).rglob("*"):
            if path.is_file() and path.suffix in TEXTS and "__pycache__" not in path.parts:
                named.append(path)
    return [path for path in named if "odd_files" not in path.parts and path.name != ".git"]


class TestVersion:
    def test_is_the_same_everywhere(self) -> None:
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        assert project["version"] == celery_lint.__version__

    def test_is_in_the_changelog(self) -> None:
        changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
        version = re.escape(celery_lint.__version__)
        assert re.search(rf"^(## \[{version}\]|To be released as {version}\.$)", changelog, flags=re.MULTILINE)

    @each_page
    def test_no_page_is_from_the_future(self, page: Page) -> None:
        since, now = (tuple(map(int, each.split("."))) for each in (page.since, celery_lint.__version__))
        assert since <= now

    @each_page
    def test_rule_is_in_the_changelog(self, page: Page) -> None:
        changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
        ranges = re.findall(r"CLT(\d{3}) to CLT(\d{3})", changelog)
        number = int(page.code[3:])
        assert page.code in changelog or any(int(first) <= number <= int(last) for first, last in ranges)


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel named by CELERY_LINT_WHEEL, else one that is built from the tree by way of the sdist."""
    given = os.environ.get("CELERY_LINT_WHEEL")
    if given:
        return Path(given)
    if not (ROOT / "src").is_dir():
        pytest.skip("there is nothing to build from")
    directory = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--outdir", str(directory), str(ROOT)]
    result = subprocess.run(command, capture_output=True, encoding="utf-8")
    assert result.returncode == 0, result.stdout + result.stderr
    (built,) = directory.glob("*.whl")
    return built


class TestWheel:
    def test_holds_the_package_and_the_pages(self, wheel: Path) -> None:
        with zipfile.ZipFile(wheel) as archive:
            names = {name for name in archive.namelist() if ".dist-info/" not in name}
        pages = {f"celery_lint/pages/{path.name}" for path in (ROOT / "rules").glob("*.md")}
        kept = (path for path in PACKAGE.rglob("*") if path.is_file() and path.suffix != ".pyc")
        modules = {f"celery_lint/{path.relative_to(PACKAGE).as_posix()}" for path in kept}
        rules = {f"celery_lint/rules/{name.replace('-', '_')}.py" for name in load_rules()}
        assert pages | modules == names
        assert rules - names == set()

    def test_metadata(self, wheel: Path) -> None:
        version = celery_lint.__version__
        assert wheel.name == f"celery_lint-{version}-py3-none-any.whl"
        with zipfile.ZipFile(wheel) as archive:
            information = f"celery_lint-{version}.dist-info"
            metadata = email.message_from_bytes(archive.read(f"{information}/METADATA"))
            scripts = archive.read(f"{information}/entry_points.txt").decode()
            assert f"{information}/licenses/LICENSE" in archive.namelist()
        assert (metadata["Version"], metadata["Requires-Python"]) == (version, ">=3.11")
        assert "celery-lint = celery_lint.cli:run" in scripts
        required = {re.split(r"[^\w-]", each)[0] for each in metadata.get_all("Requires-Dist", [])}
        assert required == {"click", "libcst", "msgspec", "pathspec", "pyyaml"}
