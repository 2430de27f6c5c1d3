"""Every fixture project says on its lines what is found there, and nothing else is found."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

import celery_lint
from celery_lint.testing import expectations, findings

FIXTURES = Path(__file__).parent / "fixtures"
PROJECTS = sorted(path.name for path in FIXTURES.iterdir() if any(path.rglob("*.py")))

# The rules that the fixtures are about, the tool's own codes included.
FAMILIES = (
    *("CLT0", "CLT1", "CLT201", "CLT202", "CLT304", "CLT307", "CLT311"),
    *("CLT5", "CLT6", "CLT7", "CLT8", "CLT9"),
)


@pytest.mark.parametrize("project", PROJECTS)
def test_findings_are_the_marked_ones(project: str) -> None:
    expected = expectations(FIXTURES / project)
    found = {each for each in findings(FIXTURES / project) if each[2].startswith(FAMILIES)}
    assert sorted(found - expected) == [], "found and not marked"
    assert sorted(expected - found) == [], "marked and not found"


def test_markers_are_read() -> None:
    """A slip in their format would make the other test pass in silence."""
    marked = Counter(code for project in PROJECTS for _, _, code in expectations(FIXTURES / project))
    assert sum(marked.values()) > 350
    assert {code[:4] for code in marked} == {"CLT1", "CLT2", "CLT3", "CLT5", "CLT6", "CLT7", "CLT8", "CLT9"}


@pytest.mark.parametrize("project", ["on_commit_mistakes", "through_calls", "transactions"])
def test_one_fault_is_one_finding(project: str) -> None:
    report = celery_lint.check([str(FIXTURES / project)], isolated=True)
    places = Counter(finding.location for finding in report.findings if finding.code.startswith("CLT1"))
    assert [place for place, count in places.items() if count > 1] == []
