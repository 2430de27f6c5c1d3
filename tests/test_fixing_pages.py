"""Every fix does what its page promises: in the *Bad* examples of the pages, and in the fixture projects."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from fixing import codes, tried

from celery_lint.pages import Page, all_pages
from celery_lint.testing import Example, examples

FIXTURES = Path(__file__).parent / "fixtures"
PROJECTS = sorted(path.name for path in FIXTURES.iterdir() if any(path.rglob("*.py")))
BAD = [
    (page, example) for page in all_pages() if page.fix != "none" for example in examples(page) if example.kind == "bad"
]
SOMETIMES = [page for page in all_pages() if page.fix == "sometimes"]


def fixed_in(page: Page, example: Example, directory: Path, spelled: Callable[[str], str] = str) -> int:
    """How many findings of the page's rule are fixed in its example."""
    for name, text in example.files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(spelled(text).encode() if name.endswith(".py") else text.encode())
    return tried(directory, persona=page.persona.name.lower()).fixed[page.code]


def windows(text: str) -> str:
    return "\ufeff" + text.replace("\n", "\r\n")


def tabs(text: str) -> str:
    return re.sub(r"^(?:    )+", lambda blanks: "\t" * (len(blanks[0]) // 4), text, flags=re.MULTILINE)


@pytest.mark.parametrize(("page", "example"), BAD, ids=[f"{page.code}-{example.title}" for page, example in BAD])
def test_bad_examples_are_fixed(page: Page, example: Example, tmp_path: Path) -> None:
    fixed = fixed_in(page, example, tmp_path)
    if page.fix != "sometimes":
        assert fixed > 0
        assert 0 == codes(tmp_path, persona=page.persona.name.lower())[page.code]


@pytest.mark.parametrize("spelled", [windows, tabs])
@pytest.mark.parametrize(("page", "example"), BAD, ids=[f"{page.code}-{example.title}" for page, example in BAD])
def test_files_keep_their_line_ends_marks_and_tabs(
    page: Page, example: Example, spelled: Callable[[str], str], tmp_path: Path
) -> None:
    """What comes out is what comes out of the example as it stands, in that spelling."""
    fixed_in(page, example, tmp_path / "plain")
    fixed_in(page, example, tmp_path / "other", spelled)
    for name in example.files:
        if name.endswith(".py"):
            expected = spelled((tmp_path / "plain" / name).read_bytes().decode())
            assert expected.encode() == (tmp_path / "other" / name).read_bytes()


@pytest.mark.parametrize("page", SOMETIMES, ids=[page.code for page in SOMETIMES])
def test_what_is_fixed_sometimes_is_fixed_in_an_example(page: Page, tmp_path: Path) -> None:
    bad = [example for example in examples(page) if example.kind == "bad"]
    assert 0 < sum(fixed_in(page, example, tmp_path / str(number)) for number, example in enumerate(bad))


@pytest.mark.parametrize("project", PROJECTS)
def test_fixture_projects_are_fixed(project: str, tmp_path: Path) -> None:
    shutil.copytree(FIXTURES / project, tmp_path / project)
    tried(tmp_path / project, persona="auditor")
