"""Fixtures that several test files use."""

from __future__ import annotations

from pathlib import Path

import pytest
from formats import FIRST, TASKS, VIEWS


@pytest.fixture
def odd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout whose project is in a subdirectory with a blank and a bracket in its name."""
    (tmp_path / ".git").mkdir()
    project = tmp_path / "back end [1]"
    project.mkdir()
    (project / "tâches.py").write_text(TASKS, encoding="utf-8")
    (project / "vues.py").write_bytes(VIEWS.encode())
    (project / "first.py").write_text(FIRST, encoding="utf-8")
    monkeypatch.chdir(project)
    return project
