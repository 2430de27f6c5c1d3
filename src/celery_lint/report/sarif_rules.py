"""What SARIF says of the rules: their pages, cut to what GitHub code scanning shows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from celery_lint.finding import Severity
from celery_lint.pages import find_page

if TYPE_CHECKING:
    from celery_lint.finding import Finding
    from celery_lint.pages import Page

__all__ = ["LEVELS", "reporting_descriptor"]

LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFORMATION: "note"}

_PROBLEMS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFORMATION: "recommendation"}
_LONGEST = 1024
"""Characters of a description that GitHub takes."""


def reporting_descriptor(finding: Finding) -> dict[str, Any]:
    """The rule of a finding, as its page describes it."""
    descriptor: dict[str, Any] = {
        "id": finding.code,
        "name": finding.name,
        "shortDescription": {"text": _clipped(f"{finding.name}: {finding.why}")},
    }
    page = find_page(finding.code)
    if page is None:
        return descriptor
    more = f"`celery-lint rule {page.code}` prints the page of this rule."
    return {
        **descriptor,
        "fullDescription": {"text": _clipped(_opening(page.body))},
        "help": {
            "text": f"{page.why}\n\n{page.help}\n\n{more}",
            "markdown": f"**{page.why}** {page.help}\n\n{page.body.strip()}\n\n{more}",
        },
        "defaultConfiguration": {"level": LEVELS[page.severity]},
        "properties": _properties(page),
    }


def _properties(page: Page) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "tags": ["celery", page.category],
        "precision": page.confidence.name.lower(),
        "problem.severity": _PROBLEMS[page.severity],
    }
    if page.security is not None:
        properties["tags"].append("security")
        properties["security-severity"] = page.security
    return properties


def _opening(body: str) -> str:
    """The first section of a page as one paragraph, without its heading."""
    section = re.split(r"^## .*$", body, flags=re.MULTILINE)[1]
    return " ".join(section.split())


def _clipped(text: str) -> str:
    if len(text) <= _LONGEST:
        return text
    return text[: _LONGEST - 2].rsplit(" ", 1)[0] + " …"
