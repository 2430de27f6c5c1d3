"""Rule pages and fixture projects as tests: what their markers expect and what celery-lint says.

A page's examples stand under `## Bad`, `## Good` and `## Known limits` as fenced blocks with a title:

    ```python title="shop/views.py"
    send_receipt.delay(order.pk)  # CLT101
    ```

The blocks under one `### ` heading are the files of one project; without headings, so are blocks with
nothing but blank lines between them. A line that ends in `# CLT101` (or `# CLT101, CLT201`) must be flagged
with exactly that, and nothing else may be. `# CLT101 missed: why` marks what should be flagged and is not,
`# CLT101 wrong: why` what should not be flagged and is: strict expected failures, which break when the limit
is lifted. The same markers stand in the `.py` and deployment files of fixture projects. On the page of a plug-in its
own codes are markers too.
"""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Literal, cast

from msgspec import Struct, field

from celery_lint import check
from celery_lint.finding import Persona
from celery_lint.knowledge.deployment import is_deployment_file
from celery_lint.pages import LETTERS, Page, find_page

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from celery_lint.report import Report

__all__ = [
    "Example",
    "Expected",
    "Known",
    "Limit",
    "complaints",
    "examples",
    "expectations",
    "findings",
    "run_example",
]

Kind = Literal["bad", "good", "limit"]
Limit = Literal["missed", "wrong"]
Expected = tuple[str, int, str]
"""Path, 1-based line and code of a finding."""
Known = tuple[str, int, str, Limit, str]
"""Path, line and code of a known limit, which way it fails, and why."""

_SECTIONS: Mapping[str, Kind] = {"Bad": "bad", "Good": "good", "Known limits": "limit"}
_FENCE = re.compile(r"(?P<ticks>`{3,})(?P<info>[^`]*)")
_TITLE = re.compile(r"[\w-]+ title=\"(?P<path>[^\"]+)\"")
_MARK = r"# (?P<codes>{code}(?:, {code})*)(?: (?P<limit>missed|wrong): (?P<why>\S.*))?$"
_CRASH = "CLT001"


class Example(Struct, frozen=True):
    """A small project on a page: its files by path, what must be flagged there, and what is known to fail."""

    code: str
    kind: Kind
    title: str
    files: Mapping[str, str]
    expected: tuple[Expected, ...]
    known: tuple[Known, ...]

    @property
    def reported(self) -> set[Expected]:
        """What celery-lint must report today: what is marked and the known mistakes, not the known gaps."""
        return _reported(self.expected, self.known)


class _Draft(Struct):
    kind: Kind
    title: str
    files: dict[str, str] = field(default_factory=dict)


def examples(page: Page) -> list[Example]:
    """The projects on a page, in its order.

    Raises:
        ValueError: a block is not closed, a marker is misspelt, or a project has one file twice.
    """
    found = []
    for draft in _drafts(page):
        expected: list[Expected] = []
        known: list[Known] = []
        for path, text in draft.files.items():
            _read_marks(path, text, expected, known, page.code[:-3])
        found.append(Example(page.code, draft.kind, draft.title, draft.files, tuple(expected), tuple(known)))
    return found


def run_example(example: Example, directory: Path | str) -> set[Expected]:
    """Write the example's files into an empty directory and say what celery-lint finds in it.

    The page's own rule counts whatever its persona; of the others, the regular ones.
    """
    return set(_run(example, directory, ()))


def complaints(example: Example, directory: Path | str, plugin: str) -> list[str]:
    """What is wrong with an example on the page of the plug-in in a file, when it is run in an empty directory."""
    found = _run(example, directory, (plugin,))
    said = [f"{place[0]}:{place[1]}: {place[2]} is marked and not found" for place in example.reported - found.keys()]
    for place in found.keys() - example.reported:
        if place[2] == _CRASH:
            said.append(found[place])
        elif (*place, "missed") in {known[:4] for known in example.known}:
            said.append(f"{place[0]}:{place[1]}: {place[2]} is marked as missed and found")
        else:
            said.append(f"{place[0]}:{place[1]}: {place[2]} is found and not marked: {found[place]}")
    own = [each for each in example.expected if each[2] == example.code]
    if example.kind == "bad" and not own:
        said.append(f"no line is marked with {example.code}")
    if example.kind == "good" and example.expected:
        said.append("a line is marked")
    if example.kind != "limit" and example.known:
        said.append("a limit is marked, which goes under Known limits")
    return sorted(said)


def _run(example: Example, directory: Path | str, plugins: tuple[str, ...]) -> dict[Expected, str]:
    """What is found in an example that counts, with the messages."""
    for name, text in example.files.items():
        path = Path(directory, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    page = find_page(example.code)
    persona = Persona.REGULAR if page is None else page.persona
    found = _found(directory, persona, plugins)
    return {each: text for each, text in found.items() if each[2] == example.code or _is_regular(each[2])}


def findings(directory: Path | str, *, persona: Persona = Persona.REGULAR) -> set[Expected]:
    """What celery-lint finds in a directory, without anybody's configuration but what a `celery-lint.toml` in it says;
    paths are relative to it."""
    return set(_found(directory, persona, ()))


def _found(directory: Path | str, persona: Persona, plugins: tuple[str, ...]) -> dict[Expected, str]:
    own = os.path.join(directory, "celery-lint.toml")
    config = own if os.path.exists(own) else None
    report: Report = check(
        [os.fspath(directory)],
        isolated=config is None,
        config=config,
        cache=False,
        persona=persona.name.lower(),
        plugin_files=plugins,
    )
    root = os.path.realpath(directory)
    found = {}
    for finding in report.findings:
        path = os.path.relpath(os.path.realpath(finding.location.path), root)
        found[path.replace(os.sep, "/"), finding.location.line, finding.code] = finding.message
    return found


def expectations(directory: Path | str) -> set[Expected]:
    """What the markers in a directory's files say celery-lint must report; paths are relative to it.

    Raises:
        ValueError: a marker is misspelt.
    """
    expected: list[Expected] = []
    known: list[Known] = []
    for path in sorted(Path(directory).rglob("*")):
        if not path.is_file() or not (path.suffix == ".py" or is_deployment_file(path.name)):
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        _read_marks(path.relative_to(directory).as_posix(), text, expected, known)
    return _reported(expected, known)


def _drafts(page: Page) -> Iterator[_Draft]:
    kind: Kind | None = None
    draft: _Draft | None = None
    heading = ""
    number = 0
    lines = iter(page.body.splitlines())
    for line in lines:
        fence = _FENCE.fullmatch(line)
        if fence is not None:
            text = _block(page, fence["ticks"], lines)
            title = _TITLE.fullmatch(fence["info"].strip())
            if title is not None and kind is not None:
                if draft is None:
                    number += 1
                    draft = _Draft(kind, heading or f"{kind} {number}")
                _add_file(page, draft, title["path"], text)
            elif draft is not None and not heading:
                yield draft
                draft = None
        elif line.startswith(("## ", "### ")):
            if draft is not None:
                yield draft
                draft = None
            if line.startswith("## "):
                kind, heading, number = _SECTIONS.get(line[3:].strip()), "", 0
            else:
                heading = line[4:].strip()
        elif line.strip() and draft is not None and not heading:
            yield draft
            draft = None
    if draft is not None:
        yield draft


def _block(page: Page, ticks: str, lines: Iterator[str]) -> str:
    text: list[str] = []
    for line in lines:
        if line.rstrip() == ticks:
            return "".join(f"{each}\n" for each in text)
        text.append(line)
    raise ValueError(f"{page.path}: a block is not closed")


def _add_file(page: Page, draft: _Draft, path: str, text: str) -> None:
    parts = PurePosixPath(path).parts
    if path in draft.files or not parts or ".." in parts or parts[0] == "/":
        raise ValueError(f"{page.path}: {draft.title!r} has no room for a file {path!r}")
    draft.files[path] = text


def _read_marks(path: str, text: str, expected: list[Expected], known: list[Known], letters: str = LETTERS) -> None:
    """`letters` are what codes may begin with, besides those of celery-lint's own rules."""
    either = rf"(?:{LETTERS}|{re.escape(letters)})"
    marks = re.compile(_MARK.format(code=rf"{either}\d{{3}}"))
    almost = re.compile(rf"#\s*{either}\d")
    for number, line in enumerate(text.splitlines(), start=1):
        mark = marks.search(line)
        if mark is None:
            if almost.search(line):
                raise ValueError(f"{path}:{number}: not a marker: {line.strip()!r}")
            continue
        for code in mark["codes"].split(", "):
            if mark["limit"]:
                known.append((path, number, code, cast("Limit", mark["limit"]), mark["why"]))
            else:
                expected.append((path, number, code))


def _reported(expected: Iterable[Expected], known: Iterable[Known]) -> set[Expected]:
    return {*expected, *(each[:3] for each in known if each[3] == "wrong")}


def _is_regular(code: str) -> bool:
    page = find_page(code)
    return page is not None and page.persona is Persona.REGULAR
