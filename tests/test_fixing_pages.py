"""Every fix does what its page promises: in the *Bad* examples of the pages, and in the fixture projects."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from celery_lint.engine import Request, plan, run
from celery_lint.fixing import fix
from celery_lint.fixing.files import write
from celery_lint.fixing.splice import compiles
from celery_lint.pages import Page, all_pages
from celery_lint.testing import Example, examples

if TYPE_CHECKING:
    from celery_lint.engine import Plan
    from celery_lint.finding import Finding

FIXTURES = Path(__file__).parent / "fixtures"
PROJECTS = sorted(path.name for path in FIXTURES.iterdir() if any(path.rglob("*.py")))
BAD = [
    (page, example) for page in all_pages() if page.fix != "none" for example in examples(page) if example.kind == "bad"
]


def planned(directory: Path, options: dict[str, object]) -> Plan:
    return plan(Request((str(directory),), {"unsafe-fixes": True, **options}, isolated=True))


def codes(directory: Path, **options: object) -> Counter[str]:
    """How often each rule speaks."""
    return Counter(finding.code for finding in run(planned(directory, options)).findings)


def fix_all(directory: Path, **options: object) -> tuple[Finding, ...]:
    """Makes and writes every fix there is, and says which findings are fixed."""
    made = fix(planned(directory, options))
    assert () == made.failures
    for change in made.changes:
        write(change)
    return made.fixed


def tried(directory: Path, **options: object) -> Counter[str]:
    """What was fixed, by rule; it is gone, nothing else has come up, and a second run changes nothing."""
    before = codes(directory, **options)
    compiled = {path for path in directory.rglob("*.py") if path.is_file() and compiles(path.read_bytes())}
    fixed = Counter(finding.code for finding in fix_all(directory, **options))
    after = codes(directory, **options)
    assert Counter() == after - before
    assert [] == [code for code in fixed if after[code] >= before[code]]
    assert [] == [path for path in compiled if not compiles(path.read_bytes())]
    assert () == fix_all(directory, **options)
    return fixed


@pytest.mark.parametrize(("page", "example"), BAD, ids=[f"{page.code}-{example.title}" for page, example in BAD])
def test_bad_examples_are_fixed(page: Page, example: Example, tmp_path: Path) -> None:
    for name, text in example.files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    options = {"persona": page.persona.name.lower()}
    fixed = tried(tmp_path, **options)
    if page.fix != "sometimes":
        assert page.code in fixed
        assert 0 == codes(tmp_path, **options)[page.code]


@pytest.mark.parametrize("project", PROJECTS)
def test_fixture_projects_are_fixed(project: str, tmp_path: Path) -> None:
    shutil.copytree(FIXTURES / project, tmp_path / project)
    tried(tmp_path / project, persona="auditor")
