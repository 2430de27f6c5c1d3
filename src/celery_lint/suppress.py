"""Comments that silence findings: which there are, what they cover, which of them silence nothing.

Understood are `# celery-lint: ignore[CLT101, delay-in-atomic] reason`, `# celery-lint: file-ignore[...]`, and
`noqa`: `# noqa` at the end of a line for everything, `# noqa: CLT101` as flake8 and ruff read it (any case,
spaces around the colon, prefixes, the list ends at the last code). A colon without a code is no blanket.
`# flake8: noqa` speaks to flake8, unless it names codes. Codes of plug-ins count like our own.
"""

from __future__ import annotations

import io
import re
import tokenize
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from celery_lint.extent import extent
from celery_lint.finding import Applicability, Edit, Location, Suggestion
from celery_lint.knowledge.deployment import kind_of
from celery_lint.source import lines_of, parse_quietly
from celery_lint.spelling import closest, did_you_mean

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable, Iterator, Sequence

    from celery_lint.pages import Page

__all__ = ["OWN_TEXTS", "Comment", "Directive", "Problem", "Suppressions", "comments", "may_suppress"]

Kind = Literal["line", "blanket", "file", "unknown"]

_MENTION = re.compile(rb"celery-lint\s*:|noqa", re.IGNORECASE)
_OWN_MENTION = re.compile(rb"celery-lint\s*:|noqa[^\n]*CLT", re.IGNORECASE)
OWN_TEXTS = (b"celery-lint", b"CLT", b"clt")
_OWN = re.compile(r"#\s*celery-lint\s*:\s*(?P<verb>[A-Za-z-]+)?(?:\s*\[(?P<items>[^\]#]*)\])?", re.IGNORECASE)
_NOQA = re.compile(
    r"#\s*(?P<file>(?:flake8|ruff)\s*[:=]\s*)?noqa\b(?P<colon>\s*:\s*(?P<items>[A-Z]+(?:[0-9]+|\b)(?:[,\s]+[A-Z]+[0-9]+)*)?)?",
    re.IGNORECASE,
)
_ITEM = re.compile(r"[^\s,]+")
_DIGITS = "0123456789"
_VERBS = ("ignore", "file-ignore")
_NEAR = 0.6


class Comment(Struct, frozen=True):
    """A comment; `line` and `column` of its `#`, and whether nothing else stands on the line."""

    line: int
    column: int
    text: str
    alone: bool


class Directive(Struct, frozen=True):
    """A silencing comment, from column `start` to `end`; `items` are what it names, with their columns, and `reason`
    is what follows them. A reason is not asked of `noqa`, which has no place for one."""

    kind: Kind
    comment: Comment
    items: tuple[tuple[str, int], ...]
    start: int
    end: int
    spelling: str
    verb: str = ""
    reason: str = ""


class Problem(Struct, frozen=True):
    """A comment that silences nothing (CLT003), names no rule (CLT004) or does not say why (CLT005).

    `values` fill the message of the rule's page, unless `message` says it better.
    """

    code: Literal["CLT003", "CLT004", "CLT005"]
    location: Location
    values: dict[str, str]
    fix: Suggestion | None = None
    message: str = ""


def may_suppress(source: bytes, *, nominated: bool) -> bool:
    """True when the file has to be read for comments; without a nomination only our own names matter."""
    if not nominated and not any(word in source for word in OWN_TEXTS):
        return False
    return (_MENTION if nominated else _OWN_MENTION).search(source) is not None


def comments(source: bytes, path: str = "") -> list[Comment]:
    """The comments of a Python file, or of one where `#` begins a comment. What cannot be tokenized is read line by
    line."""
    found: list[Comment] = []
    if kind_of(path.rpartition("/")[2]) is not None:
        return list(_scanned(source))
    try:
        for token in tokenize.tokenize(io.BytesIO(source).readline):
            if token.type == tokenize.COMMENT:
                line, column = token.start
                found.append(Comment(line, column + 1, token.string, not token.line[:column].strip()))
    except (SyntaxError, tokenize.TokenError, UnicodeDecodeError, ValueError, RecursionError):
        done = found[-1].line if found else 0
        found += [comment for comment in _scanned(source) if comment.line > done]
    return found


def _scanned(source: bytes) -> Iterator[Comment]:
    """The comments of a text that is not quite Python, by its quotes alone."""
    closing = ""
    pieces = re.compile(r"\\.|\"\"\"|'''|\"|'|#", re.DOTALL)
    text = source.decode("utf-8", "replace").removeprefix("\ufeff")
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text), start=1):
        if len(closing) == 1:
            closing = ""
        for piece in pieces.finditer(line):
            if closing:
                closing = "" if piece.group() == closing else closing
            elif piece.group() == "#":
                column = piece.start()
                yield Comment(number, column + 1, line[column:], not line[:column].strip())
                break
            elif piece.group()[0] in "\"'":
                closing = piece.group()


def directives(comment: Comment) -> Iterator[Directive]:
    """What the comment silences, most often nothing."""
    for match in _OWN.finditer(comment.text):
        verb = (match["verb"] or "").lower()
        listed = match["items"] is not None
        kind: Kind = "unknown" if verb not in _VERBS or not listed else "file" if verb == "file-ignore" else "line"
        yield _directive(comment, match, kind, verb)
    for match in _NOQA.finditer(comment.text):
        named = match["items"] is not None
        if match["file"]:
            if named:
                yield _directive(comment, match, "file", "noqa")
        elif named:
            yield _directive(comment, match, "line", "noqa")
        elif match["colon"] is None and not comment.alone:
            yield _directive(comment, match, "blanket", "noqa")


def _directive(comment: Comment, match: re.Match[str], kind: Kind, verb: str) -> Directive:
    items = []
    if match["items"] is not None:
        for item in _ITEM.finditer(match["items"]):
            items.append((item.group(), comment.column + match.start("items") + item.start()))
    following, _, _ = comment.text[match.end() :].partition("#")
    return Directive(
        kind=kind,
        comment=comment,
        items=tuple(items),
        start=comment.column + match.start(),
        end=comment.column + match.end(),
        spelling=match.group().strip(),
        verb=verb,
        reason=following.strip(" \t-–—:;,."),
    )


class Suppressions:
    """The silencing comments of one file, and which of them have silenced something."""

    def __init__(self, path: str, source: bytes) -> None:
        self.path = path
        found = comments(source, path)
        self.all = [directive for comment in found for directive in directives(comment)]
        self._text = lines_of(source) if self.all else []
        self._own_lines = {comment.line for comment in found if comment.alone}
        self._file = [directive for directive in self.all if directive.kind == "file"]
        self._lines: dict[int, list[Directive]] = {}
        for directive in self.all:
            if directive.kind in ("line", "blanket"):
                self._lines.setdefault(directive.comment.line, []).append(directive)
        self._used: set[tuple[int, int]] = set()

    def silences(self, code: str, name: str, statement: Location, place: Location) -> bool:
        """True when a comment for the file, or on or directly above the statement of the place, names the rule.

        Lines of other entries than that of the place, in a dict or list, do not count.
        """
        return self.silencer(code, name, statement, place) is not None

    def silencer(self, code: str, name: str, statement: Location, place: Location) -> Directive | None:
        """The first comment that silences; all that do are used then."""
        first = None
        for directive in (*self._file, *self._around(statement, place)):
            if directive.kind == "blanket":
                first = first or directive
            for item, column in directive.items:
                if _names(directive, item, code, name):
                    self._used.add((directive.comment.line, column))
                    first = first or directive
        return first

    def _around(self, statement: Location, place: Location) -> Iterator[Directive]:
        lines = self._with_comments_above(statement)
        if statement.line < statement.end_line and any(line in self._lines for line in lines) and self._tree:
            found = extent(self._tree, self._text, statement, place)
            beside = {line for sibling in found.siblings for line in self._with_comments_above(sibling)}
            own = self._with_comments_above(found.entries[-1]) if found.entries else []
            lines = [line for line in lines if line not in beside or line in own]
        for line in lines:
            yield from self._lines.get(line, ())

    def _with_comments_above(self, region: Location) -> list[int]:
        first = region.line
        while first - 1 in self._own_lines:
            first -= 1
        return list(range(first, max(region.line, region.end_line) + 1))

    @cached_property
    def _tree(self) -> ast.Module | None:
        return parse_quietly("\n".join(self._text)) if self.path.endswith(".py") else None

    def problems(
        self, pages: Sequence[Page], ran: frozenset[str], *, require_reason: bool = False
    ) -> Iterator[Problem]:
        """Comments that silence nothing, of rules that ran, names that no rule has, and comments without a reason
        when one is required."""
        for directive in self.all:
            if directive.kind == "blanket":
                continue
            if directive.kind == "unknown":
                yield from self._misspelt(directive)
                continue
            if require_reason and directive.verb in _VERBS and not directive.reason:
                place = self._at(directive, directive.start, len(directive.spelling))
                yield Problem("CLT005", place, {"comment": directive.spelling})
            unused, unknown = [], []
            for item, column in directive.items:
                if directive.verb == "noqa" and not item.upper().startswith("CLT"):
                    continue
                named = [page for page in pages if _names(directive, item, page.code, page.name)]
                if not named:
                    unknown.append((item, column))
                elif (directive.comment.line, column) not in self._used and _all_ran(named, ran):
                    unused.append((item, column))
            for item, column in unused:
                fix = self._removal(directive, [each for each, _ in unused])
                yield Problem("CLT003", self._at(directive, column, len(item)), {"selector": item}, fix)
            for item, column in unknown:
                fix = self._removal(directive, [each for each, _ in unknown])
                hint = did_you_mean(item, (word for page in pages for word in (page.code, page.name)))
                yield Problem("CLT004", self._at(directive, column, len(item)), {"selector": item, "hint": hint}, fix)

    def _misspelt(self, directive: Directive) -> Iterator[Problem]:
        fix = None
        if directive.verb in _VERBS:
            message = f"`{directive.spelling}` names no rule; write `{directive.verb}[CLT101]`"
        elif meant := closest(directive.verb, _VERBS, _NEAR):
            message = f"`{directive.verb}` silences nothing; did you mean `{meant}`?"
            line = directive.comment.line
            start = directive.start + directive.spelling.lower().index(directive.verb, len("# celery-lint"))
            edit = Edit(self.path, line, start, line, start + len(directive.verb), meant)
            fix = Suggestion(f"write `{meant}`", Applicability.SAFE, (edit,))
        else:
            return
        place = self._at(directive, directive.start, len(directive.spelling))
        yield Problem("CLT004", place, {"selector": directive.spelling, "hint": ""}, fix, message)

    def _at(self, directive: Directive, column: int, width: int) -> Location:
        line = directive.comment.line
        return Location(self.path, line, column, line, column + width)

    def _removal(self, directive: Directive, unused: Sequence[str]) -> Suggestion:
        """Takes the names out of the list, or the whole directive with its reason when no name is left."""
        comment = directive.comment
        text = self._text[comment.line - 1]
        kept = [item for item, _ in directive.items if item not in unused]
        if kept:
            first, last = directive.items[0], directive.items[-1]
            start, end, replacement = first[1], last[1] + len(last[0]), ", ".join(kept)
        else:
            following = text.find("#", directive.end - 1)
            start, end, replacement = directive.start, following + 1 if following >= 0 else len(text) + 1, ""
            if following < 0:
                start = len(text[: start - 1].rstrip()) + 1
        line, end_line = comment.line, comment.line
        if not replacement and not text[: start - 1].strip() and end > len(text) and line < len(self._text):
            start, end, end_line = 1, 1, line + 1
        edit = Edit(self.path, line, start, end_line, end, replacement)
        return Suggestion("take it out", Applicability.SAFE, (edit,))


def _all_ran(named: Iterable[Page], ran: frozenset[str]) -> bool:
    return all(page.name in ran for page in named)


def _names(directive: Directive, item: str, code: str, name: str) -> bool:
    if item.lower() == name and directive.verb != "noqa":
        return True
    upper = item.upper()
    return upper.rstrip(_DIGITS) == code.rstrip(_DIGITS) and code.startswith(upper)
