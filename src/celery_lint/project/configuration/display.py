"""Data as people read them."""

from __future__ import annotations

import re

from celery_lint.project.configuration.data import Datum, Duration, Either, Items, Made, Reference, Scalar, Table, Text

__all__ = ["displayed"]

PASSWORD = re.compile(r"(://[^:/@]*:)[^@/]+@")


def displayed(datum: Datum) -> str:
    """A value as text; a password in a URL is left out, and so is all that is not known."""
    match datum.content:
        case Scalar(value):
            return PASSWORD.sub(r"\1***@", repr(value))
        case Text(prefix):
            return PASSWORD.sub(r"\1***@", prefix) + "…" if prefix else "?"
        case Duration(seconds):
            return f"{seconds:g} seconds"
        case Items(_, items, complete):
            inner = ", ".join(displayed(item) for item in items)
            return f"[{inner}{'' if complete else ', …'}]"
        case Table(entries, complete):
            inner = ", ".join(f"{displayed(key)}: {displayed(value)}" for key, value in entries)
            return f"{{{inner}{'' if complete else ', …'}}}"
        case Made(name):
            return f"{name.rpartition('.')[2]}(…)"
        case Reference(value):
            return getattr(value, "name", "") or "an object of the project"
        case Either(options):
            return " or ".join(displayed(option) for option in options)
    return "?"
