"""Projects in which the rules of one family speak or are silent because of what other modules say."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from fixing import tried

from celery_lint.finding import Persona
from celery_lint.pages import all_pages
from celery_lint.testing import expectations, findings

FAMILIES = Path(__file__).parent / "families"
CODES = {"messages": "CLT2", "retries": "CLT4", "task_code": "CLT3"}
PROJECTS = sorted(CODES)

# What needs a project of its own: no limit anywhere, workers with a pool of their own, a module that nobody imports.
ELSEWHERE = {"CLT304", "CLT307", "CLT311"}


def marked(project: str) -> set[str]:
    return {code for _, _, code in expectations(FAMILIES / project)}


@pytest.mark.parametrize("project", PROJECTS)
def test_findings_are_the_marked_ones(project: str) -> None:
    expected = expectations(FAMILIES / project)
    every = findings(FAMILIES / project, persona=Persona.AUDITOR)
    found = {each for each in every if each[2].startswith(CODES[project])}
    assert [] == sorted(found - expected), "found and not marked"
    assert [] == sorted(expected - found), "marked and not found"


@pytest.mark.parametrize("project", PROJECTS)
def test_every_rule_of_the_family_speaks(project: str) -> None:
    codes = {page.code for page in all_pages() if page.code.startswith(CODES[project])}
    assert codes - ELSEWHERE == marked(project)


@pytest.mark.parametrize("project", PROJECTS)
def test_fixes_keep_what_they_promise(project: str, tmp_path: Path) -> None:
    shutil.copytree(FAMILIES / project, tmp_path / project)
    assert sum(tried(tmp_path / project, persona="auditor").fixed.values()) > 0
