"""Files as they are while somebody types: no rule fails on them, and what is nominated stands there."""

from __future__ import annotations

import random
import re
import shutil
from pathlib import Path

import pytest

import celery_lint

FIXTURES = Path(__file__).parent / "fixtures"
PROJECTS = sorted(path.name for path in FIXTURES.iterdir() if path.is_dir())
EDITS = 5
IN_PYTHON = "( ) [ ] { } : , = * ** @ # \" ' \\ \0 é () [] ... *args **options None self await yield return lambda:"
ELSEWHERE = "$X ${X[@]} $( ` | > <<END && ; export if fi done - !x &a *a <<: {{x}} {%if%} [Service] ExecStart= CMD"
PIECES = (*IN_PYTHON.split(), *ELSEWHERE.split(), "\n", "    ", "\t", "9" * 40, "1e999")


def damaged(text: str, chance: random.Random) -> str:
    """The text with one edit: a line gone or doubled, something put in, or a word in another's place."""
    lines = text.splitlines(keepends=True)
    words = list(re.finditer(r"\w+|[^\w\s]", text))
    kind = chance.choice(("gone", "doubled", "put in", "put in", "replaced"))
    if kind in ("gone", "doubled") and lines:
        number = chance.randrange(len(lines))
        lines[number : number + 1] = [lines[number]] * 2 if kind == "doubled" else []
        return "".join(lines)
    if kind == "replaced" and words:
        old, new = chance.choice(words), chance.choice(words)
        return text[: old.start()] + new.group() + text[old.end() :]
    at = chance.randrange(len(text) + 1)
    return text[:at] + chance.choice(PIECES) + text[at:]


@pytest.mark.parametrize("project", PROJECTS)
def test_no_rule_fails(project: str, tmp_path: Path) -> None:
    chance = random.Random(project)
    root = shutil.copytree(FIXTURES / project, tmp_path / project)
    files = sorted(path for path in root.rglob("*") if path.is_file())
    for _ in range(EDITS):
        path = chance.choice(files)
        before = path.read_text("latin-1")
        path.write_text(damaged(before, chance), "latin-1")
        report = celery_lint.check(root, isolated=True, persona="auditor", cache=False)
        crashes = [finding.message for finding in report.findings if finding.code == "CLT001"]
        assert ([], ()) == (crashes, report.unconfirmed), f"with {path.name}:\n{path.read_text('latin-1')}"
        path.write_text(before, "latin-1")
