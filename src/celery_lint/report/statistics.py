"""How many findings each rule has, the most first, as text or as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from msgspec import Struct, structs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from celery_lint.finding import Finding
    from celery_lint.report import Report

__all__ = ["STATISTICS", "Count", "counts", "statistics"]

STATISTICS = ("full", "concise", "grouped", "json", "json-v1")
"""The formats that can tell counts instead of findings."""


class Count(Struct, frozen=True):
    """The findings of a rule, and how many of them have a fix."""

    code: str
    name: str
    count: int
    fixable: int

    @property
    def mark(self) -> str:
        """`[*]` when all of them have a fix, `[-]` when some have."""
        if not self.fixable:
            return "[ ]"
        return "[*]" if self.fixable == self.count else "[-]"


def counts(report: Report) -> list[Count]:
    """One count for each rule with findings: the most first, then by code."""
    by_code: dict[str, list[Finding]] = {}
    for finding in report.findings:
        by_code.setdefault(finding.code, []).append(finding)
    made = [_count(findings) for findings in by_code.values()]
    return sorted(made, key=lambda each: (-each.count, each.code))


def _count(findings: Sequence[Finding]) -> Count:
    first = findings[0]
    return Count(first.code, first.name, len(findings), sum(finding.fix is not None for finding in findings))


def statistics(report: Report, name: str) -> Iterator[str]:
    """The counts in one of `STATISTICS`."""
    made = counts(report)
    if name.startswith("json"):
        yield from json.dumps([structs.asdict(each) for each in made], indent=2).split("\n")
        return
    width = max((len(str(each.count)) for each in made), default=0)
    marks = any(each.fixable for each in made)
    for each in made:
        mark = f"{each.mark} " if marks else ""
        yield f"{each.count:>{width}} {each.code} {mark}{each.name}"
