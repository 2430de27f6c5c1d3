"""The page of each rule: its metadata, the sentences users see, and on demand its prose.

A page is `rules/<name>.md`: flat `key: value` lines between two `---` lines, then Markdown. Only the front
matter is read until somebody asks for the body. The page of a plug-in is the docstring of its module.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from msgspec import Struct

from celery_lint.finding import Confidence, Persona, Severity

__all__ = [
    "CATEGORIES",
    "FIXES",
    "LETTERS",
    "SCOPES",
    "SECTIONS",
    "Page",
    "add_page",
    "all_pages",
    "find_page",
    "read_page",
]

LETTERS = "CLT"
"""What the codes of celery-lint's own rules begin with; no plug-in's does."""

CATEGORIES = {
    "0": "tool",
    "1": "transactions",
    "2": "arguments",
    "3": "tasks",
    "4": "retries",
    "5": "canvas",
    "6": "settings",
    "7": "scheduling",
    "8": "workers",
    "9": "tests",
}
"""First digit of a code → the category of its rule."""

FIXES = ("safe", "unsafe", "sometimes", "none")
"""What a rule's fix is: always safe, always unsafe, safe or there in some places only, or not offered."""

SCOPES = ("code", "tests", "both")
"""Which files a rule judges: what is not a test, tests and their settings, or all of them."""

SECTIONS = ("What it does", "Why is this bad?", "Bad", "Good", "Known limits", "See also")
"""The headings of a page, in their order."""

_DEFAULTS = {"project": "", "security": ""}
_KEYS = (
    "code",
    "name",
    "category",
    "severity",
    "confidence",
    "persona",
    "fix",
    "since",
    "preview",
    "scope",
    "security",
    "project",
    "message",
    "why",
    "help",
)
_FENCE = "---"
_SCORE = r"|0\.[1-9]|[1-9]\.[0-9]|10\.0"

_ADDED: dict[str, Page] = {}

_Level = TypeVar("_Level", Severity, Confidence, Persona)


class Page(Struct, frozen=True):
    """What is written about a rule.

    `message` is a `str.format` string over the values that the rule supplies; `why` says in one sentence what
    goes wrong, `help` what to do. `project` names the settings that the page's examples live in. `security` says
    on CVSS's scale, up to "10.0", what an attacker gains; None for a rule that is not about attackers.
    """

    code: str
    name: str
    category: str
    severity: Severity
    confidence: Confidence
    persona: Persona
    fix: str
    since: str
    preview: bool
    scope: str
    message: str
    why: str
    help: str
    project: str
    path: Path
    security: str | None = None

    @property
    def body(self) -> str:
        """The Markdown below the front matter."""
        return self.text.split(f"\n{_FENCE}\n", 1)[1].lstrip("\n")

    @property
    def text(self) -> str:
        """The whole page; of a plug-in, the docstring."""
        text = self.path.read_text(encoding="utf-8")
        return _docstring(text)[0] if self.path.suffix == ".py" else text


@cache
def all_pages() -> tuple[Page, ...]:
    """Every page, by code.

    Raises:
        ValueError: a page's front matter is wrong, or two pages have one code.
    """
    pages = sorted((read_page(path) for path in _directory().glob("*.md")), key=lambda page: page.code)
    for one, other in pairwise(pages):
        if one.code == other.code:
            raise ValueError(f"{other.path}: {other.code} is the code of {one.path.name} too")
    return tuple(pages)


def find_page(code_or_name: str) -> Page | None:
    """The page of a rule, by its code in any case or by its name. Rules of plug-ins count once they are loaded."""
    code = code_or_name.upper()
    known = (*all_pages(), *_ADDED.values())
    return next((page for page in known if code_or_name == page.name or code == page.code), None)


def add_page(page: Page) -> None:
    """Have `find_page` know the page of a plug-in; a later one of that name takes its place."""
    _ADDED[page.name] = page


def read_page(path: Path) -> Page:
    """The page in one file, Markdown or Python.

    Raises:
        ValueError: the front matter is wrong; the message starts with the file and the line.
        SyntaxError: the file is no Python.
    """
    values, lines, end = _front_matter(path)

    def one_of(key: str, known: tuple[str, ...]) -> str:
        if values[key] not in known:
            raise _wrong(path, lines[key], f"{key} is {values[key]!r}, not one of {', '.join(known)}")
        return values[key]

    def level(key: str, levels: type[_Level]) -> _Level:
        return levels[one_of(key, tuple(each.name.lower() for each in levels)).upper()]

    for key in _KEYS:
        if key not in values:
            if key not in _DEFAULTS:
                raise _wrong(path, end, f"{key} is missing")
            values[key] = _DEFAULTS[key]
    if not re.fullmatch(_SCORE, values["security"]):
        raise _wrong(path, lines["security"], f"security is {values['security']!r}, not 0.1 to 10.0")
    return Page(
        code=values["code"],
        name=values["name"],
        category=one_of("category", tuple(CATEGORIES.values())),
        severity=level("severity", Severity),
        confidence=level("confidence", Confidence),
        persona=level("persona", Persona),
        fix=one_of("fix", FIXES),
        since=values["since"],
        preview=one_of("preview", ("true", "false")) == "true",
        scope=one_of("scope", SCOPES),
        message=values["message"],
        why=values["why"],
        help=values["help"],
        project=values["project"],
        path=path,
        security=values["security"] or None,
    )


def _front_matter(path: Path) -> tuple[dict[str, str], dict[str, int], int]:
    """The values and lines of the keys, and the line of the closing fence."""
    values: dict[str, str] = {}
    lines: dict[str, int] = {}
    first = 0
    for number, line in _lines(path):
        if not first:
            if line != _FENCE:
                raise _wrong(path, number, f"a page starts with {_FENCE}")
            first = number
            continue
        if line == _FENCE:
            return values, lines, number
        key, colon, value = line.partition(": ")
        if not colon or not value.strip():
            raise _wrong(path, number, f"{line!r} is not `key: value`")
        if key not in _KEYS:
            raise _wrong(path, number, f"there is no key {key!r}")
        if key in values:
            raise _wrong(path, number, f"{key} is given twice")
        values[key] = value.strip()
        lines[key] = number
    raise _wrong(path, first or 1, f"the front matter is not closed with {_FENCE}" if first else "has no page")


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines of a page with their numbers in the file."""
    with path.open(encoding="utf-8") as file:
        if path.suffix != ".py":
            yield from ((number, line.rstrip("\n")) for number, line in enumerate(file, start=1))
            return
        text, start = _docstring(file.read())
        yield from enumerate(text.splitlines(), start=start)


def _docstring(source: str) -> tuple[str, int]:
    """The docstring of a module from its first line that is not blank, and the number of that line."""
    import ast

    tree = ast.parse(source)
    text = ast.get_docstring(tree, clean=False) or ""
    if not text.strip():
        return "", 1
    page = text.lstrip("\n")
    return page, tree.body[0].lineno + len(text) - len(page)


def _directory() -> Path:
    """`pages/` of the installed package; in a checkout `rules/`, where the pages lie."""
    package = Path(__file__).parent
    installed = package / "pages"
    return installed if installed.is_dir() else package.parents[1] / "rules"


def _wrong(path: Path, line: int, what: str) -> ValueError:
    return ValueError(f"{path}:{line}: {what}")
