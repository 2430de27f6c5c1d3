"""The hooks as pre-commit runs them: installed from a repository, in a project with a git history."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

import celery_lint
from celery_lint.knowledge.deployment import is_deployment_file

ROOT = Path(__file__).resolve().parent.parent
PROJECT = ROOT / "tests" / "fixtures" / "through_calls"
BLOCK = "library/views.py"
DISPATCH = "library/services/loans.py"
INNOCENT = "library/unknown.py"

FIXED = "COPIES = 3\n"
FIXABLE = "COPIES = 3  # celery-lint: ignore[CLT101] a loan was sent here\n"

pytestmark = [
    pytest.mark.skipif(not (ROOT / "src").is_dir(), reason="there is no source for a hook to be installed from"),
    pytest.mark.skipif(shutil.which("git") is None, reason="git is not here"),
]

Run = tuple[int, str]


@pytest.fixture(scope="module", autouse=True)
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Nobody's git configuration, and hooks that are installed here."""
    home = tmp_path_factory.mktemp("home")
    configuration = home / "gitconfig"
    configuration.write_text(
        "[user]\nname = Tester\nemail = tester@example.org\n"
        '[init]\ndefaultBranch = main\n[protocol "file"]\nallow = always\n[commit]\ngpgsign = false\n',
        encoding="utf-8",
    )
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "CELERY_LINT_"))}
    return {
        **kept,
        "GIT_CONFIG_GLOBAL": str(configuration),
        "GIT_CONFIG_NOSYSTEM": "1",
        "PRE_COMMIT_HOME": str(home / "hooks"),
        "PRE_COMMIT_COLOR": "never",
    }


class Repository:
    """A directory that is a git repository."""

    def __init__(self, path: Path, environment: dict[str, str]) -> None:
        self.path = path
        self.environment = environment
        self.git("init", "--quiet")

    def git(self, *arguments: str) -> str:
        result = subprocess.run(
            ["git", *arguments], cwd=self.path, env=self.environment, capture_output=True, text=True, check=True
        )
        return result.stdout.strip()

    def commit(self) -> str:
        self.git("add", "--all", "--force")
        self.git("commit", "--quiet", "--message", "As it is")
        return self.git("rev-parse", "HEAD")

    def pre_commit(self, *arguments: str) -> Run:
        result = subprocess.run(
            [sys.executable, "-m", "pre_commit", *arguments],
            cwd=self.path,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        return result.returncode, result.stdout


@pytest.fixture(scope="module")
def linter(tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> Repository:
    """The hooks' repository with the tree as it is now, committed or not."""
    path = tmp_path_factory.mktemp("linter")
    for name in ("src", "rules"):
        shutil.copytree(ROOT / name, path / name, ignore=shutil.ignore_patterns("__pycache__", ".celery_lint_cache"))
    for name in ("pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml"):
        shutil.copy(ROOT / name, path)
    repository = Repository(path, environment)
    repository.commit()
    return repository


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, linter: Repository) -> Repository:
    """A project with the hooks of the README, one file excluded, and everything committed but the views."""
    path = tmp_path_factory.mktemp("project")
    shutil.copytree(
        PROJECT, path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__", ".celery_lint_cache")
    )
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (written,) = re.findall(r"^```yaml\n(.*?)^```$", readme, flags=re.DOTALL | re.MULTILINE)
    revision = linter.git("rev-parse", "HEAD")
    configuration = re.sub(r"repo: .*", f"repo: {linter.path.as_posix()}", written)
    configuration = re.sub(r"rev: .*", f"rev: {revision}", configuration)
    assert configuration.count("- id: ") == 1
    hook = configuration[configuration.index("      - id: ") :]
    configuration += hook.replace("celery-lint", "celery-lint-fix") + hook.replace("celery-lint", "celery-lint-all")
    (path / ".pre-commit-config.yaml").write_text(configuration, encoding="utf-8")
    (path / "celery-lint.toml").write_text('extend-exclude = ["library/desks.py"]\n', encoding="utf-8")
    repository = Repository(path, linter.environment)
    views = (path / BLOCK).read_bytes()
    (path / BLOCK).write_bytes(b"")
    repository.commit()
    (path / BLOCK).write_bytes(views)
    repository.git("add", BLOCK)
    return repository


def places(output: str) -> set[str]:
    """The files in which findings of CLT101 land, in the full format."""
    return set(re.findall(r"^error\[CLT101\].*\n *--> ([^:\n]+):", output, flags=re.MULTILINE))


def run(project: Repository, *files: str, hook: str = "celery-lint") -> Run:
    return project.pre_commit("run", hook, "--files", *files)


def test_try_repo_stops_a_guilty_staged_file(project: Repository, linter: Repository) -> None:
    code, output = project.pre_commit("try-repo", str(linter.path), "celery-lint")
    assert (code, places(output)) == (1, {BLOCK}), output
    assert f"--> {BLOCK}:" in output
    assert "= more: celery-lint rule CLT101" in output


def test_an_innocent_file_passes(project: Repository) -> None:
    code, output = run(project, INNOCENT)
    assert code == 0, output
    assert "Passed" in output


def test_a_finding_shows_from_either_end_of_its_trace(project: Repository) -> None:
    """Each run names one file: the one with the block, and the one with the dispatch."""
    found = []
    for file in (BLOCK, DISPATCH):
        code, output = run(project, file)
        assert code == 1, output
        assert BLOCK in places(output)
        found.append(set(re.findall(rf"{BLOCK}:\d+:\d+", output)))
    assert found[1] <= found[0]


def test_an_excluded_file_stays_excluded(project: Repository) -> None:
    excluded = "library/desks.py"
    report = celery_lint.check(project.path / excluded)
    assert "CLT101" in {finding.code for finding in report.findings}
    code, output = run(project, excluded)
    assert code == 0, output


def test_the_whole_project(project: Repository) -> None:
    """Whichever file changed, and without the excluded one."""
    code, output = run(project, INNOCENT, hook="celery-lint-all")
    assert code == 1, output
    assert {BLOCK, "library/admin.py", "library/mixins.py"} <= places(output)
    assert "library/desks.py" not in places(output)
    (project.path / "notes.md").write_text("# Notes\n", encoding="utf-8")
    code, output = run(project, "notes.md", hook="celery-lint-all")
    assert (code, "Skipped" in output) == (0, True)


def test_files_that_the_configuration_of_pre_commit_excludes(project: Repository) -> None:
    """They are not passed, and the project is understood with them all the same."""
    configuration = project.path / ".pre-commit-config.yaml"
    written = configuration.read_text(encoding="utf-8")
    configuration.write_text(written + f"exclude: ^{BLOCK}$\n", encoding="utf-8")
    try:
        code, output = run(project, BLOCK)
        assert (code, "Skipped" in output) == (0, True), output
        code, output = run(project, BLOCK, DISPATCH)
        assert code == 1, output
    finally:
        configuration.write_text(written, encoding="utf-8")


@pytest.mark.parametrize("hook", ["celery-lint", "celery-lint-fix"])
@pytest.mark.parametrize(
    "name", ["Procfile", "compose.yaml", "deploy/shop-worker.service", "docker/Dockerfile.prod", "requirements.txt"]
)
def test_other_files_that_rules_read_are_taken(project: Repository, hook: str, name: str) -> None:
    file = project.path / name
    file.parent.mkdir(exist_ok=True)
    file.write_text("# nothing in it yet\n", encoding="utf-8")
    try:
        code, output = run(project, name, hook=hook)
    finally:
        file.unlink()
    assert (code, "Passed" in output) == (0, True), output


def test_a_commit_that_touches_a_procfile_only(project: Repository, tmp_path: Path) -> None:
    """By the hook that `pre-commit install` puts into git, in a copy of the project that has no views."""
    copy = tmp_path / "copy"
    shutil.copytree(project.path, copy)
    repository = Repository(copy, project.environment)
    repository.git("reset", "--quiet", "--hard")
    repository.pre_commit("install")
    (copy / "Procfile").write_text("worker: celery -A library worker\n", encoding="utf-8")
    repository.git("add", "Procfile")
    environment = {**project.environment, "SKIP": "celery-lint-all"}
    done = subprocess.run(
        ["git", "commit", "--message", "A worker"], cwd=copy, env=environment, capture_output=True, encoding="utf-8"
    )
    lines = [line for line in (done.stdout + done.stderr).splitlines() if line.startswith("celery-lint")]
    assert [line.rsplit(".", 1)[1] for line in lines] == ["Passed", "Passed", "Skipped"]
    assert done.returncode == 0


def test_fixes_are_made(project: Repository, tmp_path: Path) -> None:
    """pre-commit fails because a file has changed, and after that there is nothing left to change."""
    copy = tmp_path / "copy"
    shutil.copytree(project.path, copy)
    repository = Repository(copy, project.environment)
    (copy / "library" / "lent.py").write_text(FIXABLE, encoding="utf-8")
    repository.git("add", "library/lent.py")
    code, output = run(repository, "library/lent.py", hook="celery-lint-fix")
    assert (code, "files were modified by this hook" in output) == (1, True), output
    assert (copy / "library" / "lent.py").read_text(encoding="utf-8") == FIXED
    repository.git("add", "library/lent.py")
    code, output = run(repository, "library/lent.py", hook="celery-lint-fix")
    assert (code, "Passed" in output) == (0, True), output


def test_names_are_those_that_rules_read() -> None:
    """What discovery takes for a deployment file is a file for the hooks."""
    pattern = re.compile(yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))[0]["files"])
    read = ["Procfile", "Procfile.dev", "heroku.procfile", "Dockerfile", "worker.Dockerfile", "Dockerfile-prod"]
    read += ["Containerfile", "a/compose.yml", "k8s/worker.yaml.j2", "run.sh", "start-worker", "units/celery.service"]
    read += ["celery.service.tmpl", "supervisord.conf", "beat.ini"]
    assert [name for name in read if not is_deployment_file(Path(name).name)] == []
    others = ["shop/views.py", "manage", "pyproject.toml", "uv.lock", "Pipfile.lock", "setup.cfg", ".env", ".env.prod"]
    others += ["requirements.txt", "requirements/base.txt", "requirements-dev.in"]
    assert [name for name in (*read, *others) if not pattern.search(name)] == []
    left = ["README.md", "a.js", "templates/a.html", "package.json", "notes.txt", "a.b/c.css", "logo.svg"]
    assert [name for name in left if pattern.search(name)] == []
