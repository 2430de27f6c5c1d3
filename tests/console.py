"""The sessions that the guide shows: their commands run in a copy of `examples/shop`, and their output.

`python tests/console.py` writes what comes out now into the pages of `docs/`.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

import celery_lint

ROOT = Path(__file__).resolve().parent.parent
SHOP = ROOT / "examples" / "shop"
PROMPT = "$ "

BLOCK = re.compile(r"(?<=^```console\n).*?(?=^```$)", flags=re.DOTALL | re.MULTILINE)


def pages() -> list[Path]:
    """The pages of the guide that show a session."""
    return sorted(path for path in (ROOT / "docs").glob("*.md") if BLOCK.search(path.read_text(encoding="utf-8")))


def replayed(text: str, directory: Path) -> str:
    """The text of a page with what its commands print, one after the other, in a repository made in the directory."""
    environment = prepare(directory)
    shop = directory / "shop"

    def output(block: re.Match[str]) -> str:
        commands = [line for line in block[0].splitlines(keepends=True) if line.startswith(PROMPT)]
        return "".join(command + run(command.removeprefix(PROMPT), shop, environment) for command in commands)

    return BLOCK.sub(output, text)


def prepare(directory: Path) -> dict[str, str]:
    """Puts the example into a repository, and gives an environment in which this tree's commands are found."""
    shutil.copytree(SHOP, directory / "shop", ignore=shutil.ignore_patterns("__pycache__"))
    commands = directory / "bin"
    commands.mkdir()
    for name, module in (("celery-lint", "celery_lint"), ("flake8", "flake8")):
        script = commands / name
        script.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m {module} "$@"\n', encoding="utf-8")
        script.chmod(0o755)
    configuration = directory / "gitconfig"
    configuration.write_text(
        "[user]\nname = Reader\nemail = reader@example.org\n[init]\ndefaultBranch = main\n[commit]\ngpgsign = false\n",
        encoding="utf-8",
    )
    register(directory / "site")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "CELERY_LINT_"))}
    environment = {
        **kept,
        "PATH": f"{commands}{os.pathsep}{kept['PATH']}",
        "PYTHONPATH": os.pathsep.join([str(directory / "site"), str(Path(celery_lint.__file__).parents[1])]),
        "GIT_CONFIG_GLOBAL": str(configuration),
        "GIT_CONFIG_NOSYSTEM": "1",
        "NO_COLOR": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    environment.pop("CI", None)
    run("git init --quiet && git add --all && git commit --quiet --message shop", directory / "shop", environment)
    return environment


def register(site: Path) -> None:
    """Registers the plugins of pyproject.toml, whatever is installed."""
    version = celery_lint.__version__
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    information = site / f"celery_lint-{version}.dist-info"
    information.mkdir(parents=True)
    metadata = f"Metadata-Version: 2.1\nName: celery-lint\nVersion: {version}\n"
    (information / "METADATA").write_text(metadata, encoding="utf-8")
    points = project["entry-points"]["flake8.extension"]
    listed = "".join(f"{name} = {target}\n" for name, target in points.items())
    (information / "entry_points.txt").write_text(f"[flake8.extension]\n{listed}", encoding="utf-8")


def run(command: str, directory: Path, environment: dict[str, str]) -> str:
    """What a command prints, on both channels."""
    result = subprocess.run(
        ["bash", "-c", command],
        cwd=directory,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    return result.stdout


def main() -> None:
    for page in pages():
        with tempfile.TemporaryDirectory() as directory:
            page.write_text(replayed(page.read_text(encoding="utf-8"), Path(directory)), encoding="utf-8")


if __name__ == "__main__":
    main()
