"""The guide: it builds, its links lead somewhere, every rule has a page, and the sessions it shows are real."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import yaml
from console import BLOCK, PROMPT, ROOT, pages, prepare, replayed, run

from celery_lint.config import OPTIONS
from celery_lint.pages import all_pages

DOCS = ROOT / "docs"


class Document(HTMLParser):
    """The anchors of a built page, its links, and what a browser loads with it."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value for name, value in attrs if value is not None}
        self.anchors |= {given[name] for name in ("id", "name") if name in given}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if "src" in given:
            self.loaded.append(given["src"])
        if tag == "link" and given.get("rel") in ("stylesheet", "preconnect", "icon"):
            self.loaded.append(given["href"])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("guide") / "site"
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(directory)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8")
    assert result.returncode == 0, result.stdout + result.stderr
    return directory


@pytest.fixture(scope="module")
def documents(site: Path) -> dict[Path, Document]:
    return {path: Document(path) for path in sorted(site.rglob("*.html")) if path.name != "404.html"}


class TestSite:
    def test_links_lead_somewhere(self, documents: dict[Path, Document]) -> None:
        broken = []
        for path, document in documents.items():
            for link in document.links:
                parts = urlsplit(link)
                if parts.scheme:
                    continue
                target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
                if target.is_dir():
                    target /= "index.html"
                known = documents.get(target)
                anchor = unquote(parts.fragment)
                if known is None or (anchor and anchor not in known.anchors):
                    broken.append((path.name, link))
        assert broken == []

    def test_nothing_comes_from_elsewhere(self, documents: dict[Path, Document]) -> None:
        loaded = {each for document in documents.values() for each in document.loaded}
        assert {each for each in loaded if urlsplit(each).netloc} == set()

    def test_every_rule_has_a_page(self, site: Path, documents: dict[Path, Document]) -> None:
        listed = {link for link in documents[site / "rules" / "index.html"].links if "/" not in link}
        for page in all_pages():
            text = (site / "rules" / f"{page.name}.html").read_text(encoding="utf-8")
            assert f">{page.code} {page.name}" in text
            assert f"{page.name}.html" in listed

    def test_every_option_is_described(self, site: Path, documents: dict[Path, Document]) -> None:
        assert {option.name for option in OPTIONS} - documents[site / "options.html"].anchors == set()

    def test_lists_are_lists(self, site: Path) -> None:
        """Markdown as GitHub reads it begins a list below a line of text; the site's does not."""
        wrong = []
        for path in site.rglob("*.html"):
            for paragraph in re.findall(r"<p>(.*?)</p>", path.read_text(encoding="utf-8"), flags=re.DOTALL):
                if re.search(r"^(- |\d+\. |\|)", paragraph, flags=re.MULTILINE):
                    wrong.append((path.name, paragraph))
        assert wrong == []

    def test_names_and_codes_of_rules_are_links(self, site: Path, documents: dict[Path, Document]) -> None:
        assert "rules/always-eager.html" in documents[site / "faq.html"].links
        assert "delay-in-atomic.html" in documents[site / "rules" / "delay-in-model-method.html"].links


@pytest.mark.parametrize("page", pages(), ids=[page.stem for page in pages()])
def test_sessions_are_real(page: Path, tmp_path: Path) -> None:
    """What differs is written by `python tests/console.py`."""
    text = page.read_text(encoding="utf-8")
    assert BLOCK.findall(text) == BLOCK.findall(replayed(text, tmp_path))
    for block in BLOCK.findall(text):
        assert any(not line.startswith(PROMPT) for line in block.splitlines()), "a session that shows nothing"


def test_pre_commit_file_is_that_of_the_readme() -> None:
    """Which is the one that the tests of the hooks run."""
    wanted = yaml.safe_load(fenced((ROOT / "README.md").read_text(encoding="utf-8"), "yaml")[0])
    assert wanted == yaml.safe_load(fenced((DOCS / "pre-commit.md").read_text(encoding="utf-8"), "yaml")[0])


def test_steps_of_ci_run(tmp_path: Path) -> None:
    """Every command of the workflows, in a clone on a branch."""
    text = (DOCS / "ci.md").read_text(encoding="utf-8")
    commands = re.findall(r"- run: (celery-lint .*)", text)
    assert len(commands) == 2
    environment = prepare(tmp_path)
    run("git clone --quiet shop clone", tmp_path, environment)
    assert run(commands[0], tmp_path / "clone", environment).count("::error ") == 9
    assert "No problems" in run(commands[1], tmp_path / "clone", environment)


@pytest.mark.skipif(shutil.which("vim") is None, reason="vim is not here")
def test_vim_lists_the_findings(tmp_path: Path) -> None:
    """The two files of the page, where it says that they belong."""
    environment = prepare(tmp_path)
    text = (DOCS / "editors.md").read_text(encoding="utf-8")
    files = re.findall(r'^```vim title="([^"]+)"\n(.*?)^```$', text, flags=re.DOTALL | re.MULTILINE)
    assert len(files) == 2
    home = tmp_path / "vim"
    for name, content in files:
        (home / name).parent.mkdir(parents=True)
        (home / name).write_text(content, encoding="utf-8")
    script = tmp_path / "session.vim"
    script.write_text(
        f"set runtimepath^={home} runtimepath+={home}/after\n"
        "filetype plugin on\nedit orders/views.py\nsilent make\n"
        "call writefile(map(getqflist(), 'bufname(v:val.bufnr) . \":\" . v:val.lnum . \":\" . v:val.col'), 'list')\n"
        "qall!\n",
        encoding="utf-8",
    )
    run(f"vim -N -u NONE -i NONE -es -S {script}", tmp_path / "shop", environment)
    assert (tmp_path / "shop" / "list").read_text(encoding="utf-8") == "orders/views.py:59:5\n"


def fenced(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\b[^\n]*\n(.*?)^```$", text, flags=re.DOTALL | re.MULTILINE)
