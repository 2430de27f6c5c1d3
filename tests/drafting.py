"""Fixes drafted by the inspection, and put into bytes."""

from __future__ import annotations

import ast
import codecs
import re

from test_inspection import PATH, nominate

from celery_lint.finding import (
    AddImport,
    Applicability,
    Edit,
    Fix,
    Location,
    Nomination,
    Operation,
)
from celery_lint.inspection import Verdict, inspect


def apply(data: bytes, edits: tuple[Edit, ...], encoding: str = "utf-8") -> bytes:
    """Splices sorted edits into bytes, from the last to the first."""
    mark = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
    text = data.removeprefix(mark).decode(encoding)
    starts = [0, *(newline.end() for newline in re.finditer("\r\n?|\n", text))]
    for edit in reversed(edits):
        start = starts[edit.start_line - 1] + edit.start_column - 1
        end = starts[edit.end_line - 1] + edit.end_column - 1
        text = text[:start] + edit.text + text[end:]
    return mark + text.encode(encoding)


def judge(data: bytes, location: Location, *operations: Operation, expect: str = "call") -> Verdict:
    nomination = nominate(data, location, expect)
    fix = Fix("Fix it", Applicability.SAFE, operations)
    [verdict] = inspect(
        [Nomination("some-rule", location, nomination.statement, expect=expect, fix=fix)], lambda _: data
    )
    return verdict


def fixed(data: bytes, verdict: Verdict, encoding: str = "utf-8") -> bytes:
    assert (True, "") == (verdict.confirmed, verdict.reason)
    assert verdict.suggestion is not None
    edits = verdict.suggestion.edits
    assert sorted(edits) == list(edits)
    after = apply(data, edits, encoding)
    ast.parse(after)
    return after


def imported(text: str, *imports: AddImport) -> str:
    data = text.encode()
    place = Location(PATH, 1, 1, 1, 1)
    verdict = judge(data, place, *imports, expect="")
    return fixed(data, verdict).decode()


def wants(*names: str) -> list[AddImport]:
    """`django.db.transaction` is `from django.db import transaction`, `+functools` is `import functools`."""
    return [AddImport(PATH, name[1:]) if name[0] == "+" else AddImport(PATH, *name.rsplit(".", 1)) for name in names]
