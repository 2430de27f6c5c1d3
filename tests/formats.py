"""A project with odd names and characters, and reports in every format."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import celery_lint
from celery_lint.finding import Confidence, Finding, Location, Severity
from celery_lint.report import Report, rendered

TASKS = "from celery import shared_task\n\n\n@shared_task\ndef envoyer_reçu(nom): ...\n"
VIEWS = (
    "from django.db import transaction\r\n"
    "from tâches import envoyer_reçu\r\n"
    "\r\n"
    "\r\n"
    "def commander():\r\n"
    "\twith transaction.atomic():\r\n"
    '\t\tnom = "é😀"; envoyer_reçu.delay("😀,\\t%:[;]")\r\n'
    "\t\treturn nom"
)
FIRST = "x = 1  # celery-lint: ignore[nope]"
"""A finding on the first line, which has no end."""


def check(path: Path | str = ".") -> Report:
    return celery_lint.check(path, isolated=True)


def text(report: Report, name: str) -> str:
    return "".join(f"{line}\n" for line in rendered(name, report))


def parsed(report: Report, name: str) -> Any:
    return json.loads(text(report, name))


def made(path: str = "shop/a.py", *, message: str = "`x` is wrong", **more: Any) -> Finding:
    place = Location(path, 3, 5, 3, 9)
    values: dict[str, Any] = {
        "code": "CLT101",
        "name": "delay-in-atomic",
        "category": "transactions",
        "location": place,
        "statement": place,
        "message": message,
        "why": "It breaks.",
        "severity": Severity.ERROR,
        "confidence": Confidence.HIGH,
    }
    return Finding(**{**values, **more})


def content(source: str) -> Any:
    return lambda _: source.encode()
