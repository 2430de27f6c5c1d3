"""What mkdocs cannot read from docs/: a page for each rule, the options, and links between the parts of the tree.

mkdocs calls the functions whose names begin with `on_` (https://www.mkdocs.org/user-guide/plugins/#events).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs.structure.files import File

from celery_lint.config import OPTIONS
from celery_lint.config.options import Option, toml
from celery_lint.pages import CATEGORIES, Page, all_pages

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page as SitePage

ROOT = Path(__file__).resolve().parent.parent

ELSEWHERE = {"contributing.md": "CONTRIBUTING.md", "changelog.md": "CHANGELOG.md"}
"""Page of the site → the file outside docs/ that it is."""

PLACES = {
    "README.md": "index.md",
    "README.md#two-commands": "getting-started.md",
    "README.md#configure": "options.md",
    "rules": "rules/index.md",
    **{file: page for page, file in ELSEWHERE.items()},
}
"""Where a link leads in the tree → where it leads in the site. All of docs/ and rules/ keeps its names."""

TOKEN = re.compile(
    r"^(?P<fence>`{3,})[^\n]*\n.*?^(?P=fence)$"
    r"|^#[^\n]*$"
    r"|`(?P<name>[^`\n]+)`"
    r"|(?P<link>\[(?P<label>(?:[^\[\]`]|`[^`\n]*`)*)\]\((?P<target>[^)\s]+)\))"
    r"|(?P<code>\bCLT\d{3}\b)",
    flags=re.DOTALL | re.MULTILINE,
)
"""Code and headings, which stay as they are; links; and names and codes of rules in running text."""


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Puts the rules below their heading, category by category."""
    (rules,) = (entry["Rules"] for entry in config.nav if "Rules" in entry)
    for digit, pages in by_category().items():
        rules.append({f"CLT{digit} {CATEGORIES[digit]}": [f"rules/{page.name}.md" for page in pages]})
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds the pages that are not in docs/."""
    generated = {
        "options.md": options_page(),
        "rules/index.md": rules_page(),
        **{f"rules/{page.name}.md": rule_page(page) for page in all_pages()},
        **{page: (ROOT / file).read_text(encoding="utf-8") for page, file in ELSEWHERE.items()},
    }
    for name, text in generated.items():
        files.append(File.generated(config, name, content=text))
    return files


def on_page_markdown(markdown: str, page: SitePage, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG001
    return linked(markdown, page.file.src_uri)


def linked(markdown: str, uri: str) -> str:
    """A page whose links stay in the site, and whose names and codes of rules are links.

    Of a link to a file that is not in the site the text is left.
    """
    here = posixpath.dirname(uri)
    file = ELSEWHERE.get(uri) or (uri if uri.startswith("rules/") else f"docs/{uri}")
    rules = {known: f"rules/{page.name}.md" for page in all_pages() for known in (page.code, page.name)}

    def replaced(match: re.Match[str]) -> str:
        rule = rules.get(match["code"] or match["name"])
        if rule is not None:
            return match[0] if rule == uri else f"[{match[0]}]({posixpath.relpath(rule, here)})"
        if not match["link"] or match["target"].startswith(("https://", "#")):
            return match[0]
        path, _, anchor = match["target"].partition("#")
        place = in_site(posixpath.normpath(posixpath.join(posixpath.dirname(file), path)), anchor)
        return match["label"] if place is None else f"[{match['label']}]({posixpath.relpath(place, here)})"

    return TOKEN.sub(replaced, markdown)


def in_site(path: str, anchor: str) -> str | None:
    """The place in the site of a file of the tree."""
    known = PLACES.get(f"{path}#{anchor}")
    if known is not None:
        return known
    if path in PLACES:
        return PLACES[path]
    suffix = f"#{anchor}" if anchor else ""
    if path.startswith("rules/"):
        return path + suffix
    return path.removeprefix("docs/") + suffix if path.startswith("docs/") else None


def by_category() -> dict[str, list[Page]]:
    """The first digit of the codes → the rules that have it."""
    pages: dict[str, list[Page]] = {}
    for page in all_pages():
        pages.setdefault(page.code[3], []).append(page)
    return pages


def rules_page() -> str:
    """All rules, by category."""
    lines = [
        "# Rules",
        "",
        f"There are {len(all_pages())}. Each has a page that says what it finds, why that is bad, what is flagged and "
        "what is not, and what the rule cannot see. The examples are tests, and a comment such as `# CLT101` in them "
        "marks a line that is flagged. In the terminal, `celery-lint rule NAME` prints a page.",
        "",
        "*Pedantic* rules are off unless asked for, with `--persona pedantic` or by name.",
    ]
    for digit, pages in by_category().items():
        lines += ["", f"## CLT{digit} {CATEGORIES[digit]}", "", "| Code | Name | Severity | Fix | Why |"]
        lines += ["|---|---|---|---|---|", *map(rule_row, pages)]
    return "\n".join(lines) + "\n"


def rule_row(page: Page) -> str:
    severity = page.severity.name.lower()
    asked = "" if page.persona.name == "REGULAR" else f", *{page.persona.name.lower()}*"
    why = page.why.replace("|", "\\|")
    return f"| {page.code} | [{page.name}]({page.name}.md) | {severity}{asked} | {page.fix} | {why} |"


def rule_page(page: Page) -> str:
    """The page of a rule with its metadata as a table."""
    return "\n".join(
        [
            f"# {page.code} {page.name}",
            "",
            page.why,
            "",
            "| Category | Severity | Confidence | Persona | Fix | Judges | Since |",
            "|---|---|---|---|---|---|---|",
            f"| [{page.category}](index.md#clt{page.code[3]}-{page.category}) "
            f"| {page.severity.name.lower()} | {page.confidence.name.lower()} | {page.persona.name.lower()} "
            f"| {page.fix} | {page.scope} | {page.since} |",
            "",
            f"**It says:** {page.message}",
            "",
            f"**What to do:** {page.help}",
            "",
            page.body,
        ]
    )


def options_page() -> str:
    """The option table, in its order."""
    lines = [
        "# Options",
        "",
        "In `[tool.celery-lint]` of `pyproject.toml`, or at the top level of `celery-lint.toml`. The nearest file "
        "upwards that has the table counts, and its directory is the project's root. The command line beats the "
        "environment, which beats the file. `celery-lint check --show-settings` prints what every option is set to, "
        "and where; `celery-lint config --schema` prints a JSON schema of the table.",
    ]
    for option in OPTIONS:
        lines += ["", f"## {option.name}", "", option.doc, "", *facts(option)]
    return "\n".join(lines) + "\n"


def facts(option: Option) -> Iterator[str]:
    yield f"- Type: {option.type}"
    yield f"- Default: `{toml(option, option.default)}`"
    if option.flag is not None:
        yield f"- Flag: `{option.flag}`"
        yield f"- Variable: `{option.variable}`"
