"""Real projects on this machine: which trees there are, and what celery-lint finds in one."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

VARIABLE = "CELERY_LINT_CORPUS"
CRASHED = "rule-crashed"
TIMEOUT = 300

COMMIT = re.compile(r"[0-9a-f]{40}")
REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+")
_TREE = re.compile(r"(?P<owner>[\w.-]+?)__(?P<name>[\w.-]+)@(?P<commit>[0-9a-f]{10,40})")

_CHECK = ["check", "--isolated", "--format", "json", "--verbose", "."]
_AS_LISTED = "from celery_lint.cli import main; main()"
_BACKWARDS = """
from msgspec.structs import replace
from celery_lint import cli, engine

plan = engine.plan

def backwards(request):
    planned = plan(request)
    return replace(planned, discovery=replace(planned.discovery, files=planned.discovery.files[::-1]))

engine.plan = backwards
cli.main()
"""

Place = tuple[str, int, str]
"""Path, line and rule of a finding."""


@dataclass(frozen=True, order=True, slots=True)
class Tree:
    """The files of a project at one commit, in a directory `owner__name@commit`; the commit may be abbreviated."""

    repository: str
    commit: str
    directory: Path

    def is_at(self, commit: str) -> bool:
        return commit.startswith(self.commit)


@dataclass(frozen=True, slots=True)
class Run:
    """What celery-lint says of a tree: its exit code, places with messages, and its notes on the run."""

    code: int
    findings: tuple[tuple[Place, str], ...]
    notes: tuple[str, ...]

    @property
    def places(self) -> list[Place]:
        return [place for place, _ in self.findings]

    def reports(self, place: Place, text: str = "") -> bool:
        """True when a finding there has the text in its message."""
        return any(each == place and text in message for each, message in self.findings)

    @property
    def unconfirmed(self) -> list[str]:
        return [note for note in self.notes if note.startswith("unconfirmed: ")]

    @property
    def complaints(self) -> list[str]:
        """Why there is no telling what the findings are: rules that crashed, or a run that did not come to its end."""
        crashes = [message for (_, _, rule), message in self.findings if rule == CRASHED]
        if crashes or self.code in (0, 1):
            return crashes
        return [f"exit code {self.code}", *(note for note in self.notes if note.startswith("celery-lint: "))]


def trees(directory: Path | str) -> list[Tree]:
    """The trees in a directory; what is not named like one is passed over."""
    found = []
    for path in Path(directory).iterdir():
        named = _TREE.fullmatch(path.name)
        if named is not None and path.is_dir():
            found.append(Tree(f"{named['owner']}/{named['name']}", named["commit"], path))
    return sorted(found)


@cache
def run(tree: Tree, *, seed: int = 0, backwards: bool = False) -> Run:
    """Check a tree without anybody's configuration, in a process with that hash seed.

    `backwards` hands the files to the project in the opposite order.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CELERY_LINT_")}
    result = subprocess.run(
        [sys.executable, "-c", _BACKWARDS if backwards else _AS_LISTED, *_CHECK],
        cwd=tree.directory,
        env={**kept, "PYTHONHASHSEED": str(seed)},
        capture_output=True,
        encoding="utf-8",
        timeout=TIMEOUT,
    )
    rows = json.loads(result.stdout) if result.stdout.startswith("[") else []
    findings = sorted(((row["path"], row["line"], row["name"]), row["message"]) for row in rows)
    return Run(result.returncode, tuple(findings), tuple(result.stderr.splitlines()))
