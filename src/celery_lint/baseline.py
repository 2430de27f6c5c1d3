"""Findings that a project has put off, as a file that is kept with its code.

The file is JSON, sorted, one entry a line, so that it reads well in a diff and merges like code:

    {"version": 1, "entries": [
    {"path":"shop/orders.py","code":"CLT101","scope":"place","statement":"send.delay(order.pk)","occurrence":1}
    ]}

An entry is the fingerprint of a finding. Paths are relative to the directory of the file.
"""

from __future__ import annotations

import json
import os

import msgspec
from msgspec import Struct, field

from celery_lint.config import ConfigurationError
from celery_lint.fingerprint import Fingerprint
from celery_lint.writing import replace_file

__all__ = ["Baseline"]

_VERSION = 1


class _Head(msgspec.Struct):
    version: int


class _Entry(msgspec.Struct, forbid_unknown_fields=True):
    path: str
    code: str
    scope: str
    statement: str
    occurrence: int


class _File(msgspec.Struct, forbid_unknown_fields=True):
    version: int
    entries: list[_Entry]


class Baseline(Struct, frozen=True):
    """The entries of the file at `file`, an absolute path."""

    file: str
    entries: frozenset[Fingerprint] = field(default_factory=frozenset)

    @property
    def shown(self) -> str:
        """The file as users see it."""
        return _shown(self.file)

    @classmethod
    def read(cls, file: str) -> Baseline:
        """The baseline at a path; ConfigurationError when there is none or it is broken."""
        shown = _shown(file)
        try:
            with open(file, "rb") as stream:
                data = stream.read()
        except FileNotFoundError:
            hint = "`celery-lint baseline create` writes one"
            raise ConfigurationError(f"{shown}: there is no such baseline; {hint}") from None
        except OSError as error:
            raise ConfigurationError(f"{shown}: the baseline cannot be read: {error.strerror}") from None
        try:
            version = msgspec.json.decode(data, type=_Head).version
            if version != _VERSION:
                raise ConfigurationError(f"{shown}: the baseline has version {version}; only {_VERSION} is understood")
            content = msgspec.json.decode(data, type=_File)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise ConfigurationError(f"{shown}: the baseline is broken: {error}") from None
        entries = (Fingerprint(e.path, e.code, e.scope, e.statement, e.occurrence) for e in content.entries)
        return cls(os.path.abspath(file), frozenset(entries))

    def write(self) -> None:
        """Put the entries into the file, which is replaced whole; ConfigurationError when it cannot be written."""
        try:
            replace_file(self.file, self.text().encode())
        except OSError as error:
            raise ConfigurationError(f"{self.shown}: cannot be written: {error.strerror}") from None

    def text(self) -> str:
        """What the file contains; the same for the same entries."""
        rows = [
            json.dumps(
                {
                    "path": entry.path,
                    "code": entry.code,
                    "scope": entry.scope,
                    "statement": entry.statement,
                    "occurrence": entry.occurrence,
                },
                ensure_ascii=False,
            )
            for entry in sorted(self.entries)
        ]
        body = ",\n".join(rows) + "\n" if rows else ""
        return f'{{"version": {_VERSION}, "entries": [\n{body}]}}\n'

    def name(self, path: str) -> str:
        """What a file, given by its absolute path, is called in the baseline."""
        return os.path.relpath(path, os.path.dirname(self.file)).replace(os.sep, "/")

    def place(self, entry: Fingerprint) -> str:
        """The absolute path of the file that an entry is about."""
        return os.path.normpath(os.path.join(os.path.dirname(self.file), entry.path))

    def complaint(self, entry: Fingerprint) -> str:
        """That an entry hides nothing, in one line."""
        where = f" in {entry.scope}" if entry.scope else ""
        return f"{self.shown}: stale: {entry.path}: {entry.code}{where}: {entry.statement}"


def _shown(file: str) -> str:
    relative = os.path.relpath(file)
    return file if relative.startswith("..") else relative.replace(os.sep, "/")
