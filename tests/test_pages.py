"""Every page is complete, and celery-lint does on its examples what the page says."""

from __future__ import annotations

import ast
import re
import string
from typing import TYPE_CHECKING

import pytest

from celery_lint.finding import Confidence, Persona, Severity
from celery_lint.pages import CATEGORIES, Page, all_pages, find_page, read_page
from celery_lint.testing import Example, examples, expectations, run_example

if TYPE_CHECKING:
    from pathlib import Path

PAGES = all_pages()
SECTIONS = ["What it does", "Why is this bad?", "Bad", "Good", "Known limits", "See also"]
KEYS = ["code", "name", "category", "severity", "confidence", "persona", "fix", "since", "preview", "scope"]
SENTENCES = ["message", "why", "help"]
WITHOUT_EXAMPLES = {"CLT001"}
"""Rules that no project can be guilty of."""

each_page = pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
ALL_EXAMPLES = [(page, example) for page in PAGES for example in examples(page)]
each_example = pytest.mark.parametrize(
    ("page", "example"),
    ALL_EXAMPLES,
    ids=[f"{page.code}-{example.kind}-{example.title}" for page, example in ALL_EXAMPLES],
)


@each_example
def test_example(page: Page, example: Example, tmp_path: Path) -> None:
    assert page.code == example.code
    found = run_example(example, tmp_path)
    lifted = [known for known in example.known if (known[:3] in found) == (known[3] == "missed")]
    assert not lifted, "a known limit is gone: mark the line as an ordinary one, or not at all"
    assert sorted(example.reported) == sorted(found)


@each_example
def test_markers_fit_their_section(page: Page, example: Example) -> None:
    if example.kind == "bad":
        assert page.code in {code for _, _, code in example.expected}
    elif example.kind == "good":
        assert not example.expected
    if example.kind != "limit":
        assert not example.known


@each_example
def test_files_are_python(page: Page, example: Example) -> None:
    for path, text in example.files.items():
        if path.endswith(".py") and page.code != "CLT002":
            ast.parse(text, filename=path)


@each_page
def test_code_name_and_category(page: Page) -> None:
    assert re.fullmatch(r"CLT\d{3}", page.code)
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", page.name)
    assert page.path.stem == page.name
    assert CATEGORIES[page.code[3]] == page.category
    assert page == find_page(page.name)
    assert page == find_page(page.code.lower())


def test_codes_and_names_are_unique() -> None:
    assert len(PAGES) == len({page.code for page in PAGES}) == len({page.name for page in PAGES})
    assert sorted(page.code for page in PAGES) == [page.code for page in PAGES]
    assert find_page("CLT1") is None


@each_page
def test_front_matter_is_in_order(page: Page) -> None:
    head = page.path.read_text(encoding="utf-8").split("\n---\n", 1)[0].splitlines()[1:]
    security = ["security"] if page.security is not None else []
    expected = [*KEYS, *security, *(["project"] if page.project else []), *SENTENCES]
    assert expected == [line.partition(": ")[0] for line in head]
    assert re.fullmatch(r"\d+\.\d+\.\d+", page.since)


@each_page
def test_sections_are_in_order(page: Page) -> None:
    prose = re.sub(r"^```.*?^```$", "", page.body, flags=re.DOTALL | re.MULTILINE)
    sections = re.findall(r"^## (.*)$", prose, flags=re.MULTILINE)
    assert sections == SECTIONS
    for section in re.split(r"^## .*$", prose, flags=re.MULTILINE)[1:]:
        assert section.strip()


@each_page
def test_bad_and_good_are_shown(page: Page) -> None:
    kinds = {example.kind for example in examples(page)}
    assert kinds >= {"bad", "good"} or page.code in WITHOUT_EXAMPLES
    titles = [(example.kind, example.title) for example in examples(page)]
    assert len(titles) == len(set(titles))


@each_page
def test_links_are_plain(page: Page) -> None:
    assert not re.search(r"\]\(|<http", page.body)
    for line in page.body.split("## See also\n", 1)[1].strip().splitlines():
        assert re.fullmatch(r"- [^<>]+: https://\S+|- `[a-z-]+`, .+|- Proof: `\S+`", line)


@each_page
def test_sentences(page: Page) -> None:
    assert not re.match(r"[A-Z][a-z]", page.message)
    assert not page.message.endswith(".")
    for sentence in (page.why, page.help):
        assert re.match(r"[A-Z`]", sentence)
        assert sentence.endswith(".")
        assert ". " not in sentence


@each_page
def test_message_is_a_plain_format_string(page: Page) -> None:
    """Whether a rule supplies the values shows when its examples run."""
    fields = [field for _, *field in string.Formatter().parse(page.message) if field[0] is not None]
    for name, spec, conversion in fields:
        assert re.fullmatch(r"[a-z_]+", name or "")
        assert not spec
        assert not conversion


@each_page
def test_prose_fits_a_terminal(page: Page) -> None:
    code = False
    for line in page.body.splitlines():
        code = code != line.startswith("```")
        assert code or len(line) <= 120 or "https://" in line


FRONT = """\
---
code: CLT999
name: much-ado
category: tests
severity: information
confidence: low
persona: auditor
fix: none
since: 0.1.0
preview: true
scope: both
message: nothing: `{task}`
why: Because.
help: Do.
---

## What it does
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "much-ado.md"
    path.write_text(text, encoding="utf-8")
    return path


def test_page_is_read(tmp_path: Path) -> None:
    page = read_page(written(tmp_path, FRONT))
    levels = (Severity.INFORMATION, Confidence.LOW, Persona.AUDITOR)
    assert levels == (page.severity, page.confidence, page.persona)
    others = (True, "", "nothing: `{task}`")
    assert others == (page.preview, page.project, page.message)
    assert page.body == "## What it does\n"


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("---\ncode", "code", "1: a page starts with ---"),
        ("\n---\n\n", "\n\n", "15: '' is not `key: value`"),
        ("name: much-ado\n", "", "14: name is missing"),
        ("name: much-ado\n", "nmae: much-ado\n", "3: there is no key 'nmae'"),
        ("name: much-ado\n", "name:\n", "3: 'name:' is not `key: value`"),
        ("name: much-ado\n", "code: CLT998\n", "3: code is given twice"),
        ("severity: information", "severity: info", "5: severity is 'info', not one of information"),
        ("preview: true", "preview: yes", "10: preview is 'yes', not one of true, false"),
        ("category: tests", "category: test", "4: category is 'test', not one of tool"),
        ("fix: none", "fix: maybe", "8: fix is 'maybe', not one of safe"),
    ],
)
def test_wrong_front_matter_is_named(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    assert old in FRONT
    path = written(tmp_path, FRONT.replace(old, new, 1))
    with pytest.raises(ValueError, match=re.escape(f"{path}:{complaint}")):
        read_page(path)


def test_front_matter_must_end(tmp_path: Path) -> None:
    path = written(tmp_path, "---\ncode: CLT999\n")
    with pytest.raises(ValueError, match="is not closed"):
        read_page(path)


def of(tmp_path: Path, body: str) -> list[Example]:
    return examples(read_page(written(tmp_path, FRONT + body)))


def block(path: str, text: str) -> str:
    return f'```python title="{path}"\n{text}\n```\n'


def test_blocks_under_a_heading_are_one_project(tmp_path: Path) -> None:
    first, second = of(
        tmp_path,
        "## Bad\n\n### One\n\n"
        + block("a.py", "x()  # CLT999")
        + "\nprose\n\n```text\n# CLT999\n```\n"
        + block("b.py", "y()  # CLT101, CLT999")
        + "### Two\n"
        + block("a.py", "## Good"),
    )
    shape = ("bad", "One", ["a.py", "b.py"])
    assert shape == (first.kind, first.title, list(first.files))
    expected = (("a.py", 1, "CLT999"), ("b.py", 1, "CLT101"), ("b.py", 1, "CLT999"))
    assert expected == first.expected
    shape_of_second = ("Two", {"a.py": "## Good\n"})
    assert shape_of_second == (second.title, second.files)


def test_without_headings_prose_parts_projects(tmp_path: Path) -> None:
    body = "## Good\n" + block("a.py", "x") + "\n\n" + block("b.py", "y") + "prose\n" + block("a.py", "z")
    body += "## Known limits\n" + block("a.py", "x()  # CLT999 wrong: so it is\ny()  # CLT999 missed: alas")
    one, two, limit = of(tmp_path, body)
    files = [["a.py", "b.py"], ["a.py"], ["a.py"]]
    assert files == [list(each.files) for each in (one, two, limit)]
    titles = ["good 1", "good 2", "limit 1"]
    assert titles == [each.title for each in (one, two, limit)]
    known = (("a.py", 1, "CLT999", "wrong", "so it is"), ("a.py", 2, "CLT999", "missed", "alas"))
    assert known == limit.known
    assert {("a.py", 1, "CLT999")} == limit.reported


@pytest.mark.parametrize("mark", ["# CLT99", "# CLT999 missed", "# CLT999 perhaps: so", "# CLT101 CLT102"])
def test_misspelt_marker_is_no_marker(tmp_path: Path, mark: str) -> None:
    with pytest.raises(ValueError, match="not a marker"):
        of(tmp_path, "## Bad\n" + block("a.py", f"x()  {mark}"))


def test_suppression_is_no_marker(tmp_path: Path) -> None:
    (example,) = of(tmp_path, "## Bad\n" + block("a.py", "x()  # noqa: CLT101 # CLT003"))
    expected = (("a.py", 1, "CLT003"),)
    assert expected == example.expected


@pytest.mark.parametrize("path", ["/a.py", "../a.py", "a.py"])
def test_files_stay_in_their_project(tmp_path: Path, path: str) -> None:
    with pytest.raises(ValueError, match="has no room"):
        of(tmp_path, "## Bad\n" + block("a.py", "") + block(path, ""))


def test_block_must_end(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not closed"):
        of(tmp_path, "## Bad\n```python\n")


def test_expectations_of_a_directory(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    text = "x()  # CLT101\ny()  # CLT101 missed: alas\nz()  # CLT201 wrong: so\n"
    (tmp_path / "shop" / "views.py").write_text(text)
    (tmp_path / "notes.txt").write_text("# CLT101\n")
    assert {("shop/views.py", 1, "CLT101"), ("shop/views.py", 3, "CLT201")} == expectations(tmp_path)
