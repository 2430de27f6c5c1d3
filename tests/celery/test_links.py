"""Each page links to the tests that show what it says of Celery and Django, and each of those tests names its pages."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from celery_lint.pages import Page, all_pages

HERE = Path(__file__).resolve().parent
LINK = re.compile(r"^- Proof: `(tests/celery/test_\w+\.py::test_\w+)`$", re.MULTILINE)


def proofs() -> set[tuple[str, str]]:
    """Code and test, for every code that the docstring of a test names."""
    found = set()
    for path in HERE.glob("test_*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                for code in re.findall(r"CLT\d{3}", ast.get_docstring(node) or ""):
                    found.add((code, f"tests/celery/{path.name}::{node.name}"))
    return found


PROOFS = proofs()

OF_NOTHING_ELSE = {
    "CLT713": "what Python makes of a key that a dict display has twice",
    "CLT813": "what people do not notice",
}
"""The pages that need no proof, and what they are about."""


@pytest.mark.parametrize("page", all_pages(), ids=[page.name for page in all_pages()])
def test_page_links_to_its_proofs(page: Page) -> None:
    expected = {test for code, test in PROOFS if code == page.code}
    assert expected == set(LINK.findall(page.body))


def test_every_other_page_says_nothing_of_them() -> None:
    pages = {page.code for page in all_pages() if page.category != "tool"}
    assert pages - {code for code, _ in PROOFS} == set(OF_NOTHING_ELSE)
