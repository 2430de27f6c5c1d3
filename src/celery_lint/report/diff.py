"""What a suggestion changes, as the lines that go and the lines that come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from celery_lint.finding import Edit

__all__ = ["Change", "changes"]


class Change(Struct, frozen=True):
    """`old`, from line `line` on, becomes `new`, from `new_line` on; `column` is where the change begins."""

    line: int
    new_line: int
    old: tuple[str, ...]
    new: tuple[str, ...]
    column: int


def changes(lines: Sequence[str], edits: Sequence[Edit]) -> list[Change]:
    """The changes that the edits make to one file, or none when the edits overlap or do not fit its text."""
    found = []
    moved = 0
    for cluster in _clusters(sorted(edits)):
        first, last = cluster[0].start_line, max(edit.end_line for edit in cluster)
        if first < 1 or last > len(lines):
            return []
        old = list(lines[first - 1 : last])
        text = _applied(old, first, cluster)
        if text is None:
            return []
        new = text.replace("\r\n", "\n").split("\n")
        skip = _common(old, new)
        tail = _common(old[skip:][::-1], new[skip:][::-1])
        old, new = old[skip : len(old) - tail], new[skip : len(new) - tail]
        column = cluster[0].start_column if not skip else 1
        found.append(Change(first + skip, first + skip + moved, tuple(old), tuple(new), column))
        moved += len(new) - len(old)
    return [change for change in found if change.old or change.new]


def _clusters(edits: Sequence[Edit]) -> Iterator[list[Edit]]:
    """Edits grouped so that no two groups touch the same line."""
    group: list[Edit] = []
    end = 0
    for edit in edits:
        if group and edit.start_line > end:
            yield group
            group = []
        group.append(edit)
        end = max(end, edit.end_line) if len(group) > 1 else edit.end_line
    if group:
        yield group


def _applied(lines: Sequence[str], first: int, edits: Sequence[Edit]) -> str | None:
    text = "\n".join(lines)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    out = []
    at = 0
    for edit in edits:
        start = starts[edit.start_line - first] + edit.start_column - 1
        end = starts[edit.end_line - first] + edit.end_column - 1
        if not at <= start <= end <= len(text):
            return None
        out.append(text[at:start] + edit.text)
        at = end
    return "".join(out) + text[at:]


def _common(left: Sequence[str], right: Sequence[str]) -> int:
    count = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        count += 1
    return count
