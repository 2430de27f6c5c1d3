"""Every fix, unsafe ones too, in copies of real projects: files compile, what is fixed is gone, nothing comes up."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from fixing import tried
from projects import VARIABLE, Tree, trees

DIRECTORY = os.environ.get(VARIABLE)
TREES = trees(DIRECTORY) if DIRECTORY and Path(DIRECTORY).is_dir() else []

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not DIRECTORY, reason=f"{VARIABLE} does not name a directory of real projects"),
]


@pytest.mark.parametrize("tree", TREES, ids=lambda tree: tree.directory.name)
def test_fixes_do_in_real_projects_what_they_promise(
    tree: Tree, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also prints how many findings of each rule were fixed."""
    copy = tmp_path / tree.directory.name
    shutil.copytree(tree.directory, copy, symlinks=True)
    done = tried(copy, persona="auditor")
    with capsys.disabled():
        rules = ", ".join(f"{code} {count}" for code, count in sorted(done.fixed.items()))
        print(f"\n{tree.repository}: {done.fixed.total()} fixed in {done.files} files: {rules or 'nothing to fix'}")
